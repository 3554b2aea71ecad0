#pragma once
// What softmax and its relatives share: vectors along one axis.

#include <cstdint>
#include <vector>

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

// A tensor seen as [outer, size, inner] around the attribute `axis`.
struct AxisVectors {
  std::int64_t outer = 1, size = 1, inner = 1;

  // Calls f(first) with the index of the first element of each vector; its elements are `inner` apart.
  template <class F>
  void for_each_vector(F f) const {
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t i = 0; i < inner; ++i) f(static_cast<std::size_t>(o * size * inner + i));
  }
};
AxisVectors axis_view(const NodeView& view);

// The operand's type; `axis` must be one of its axes.
Result<std::vector<Type>> infer_along_axis(const NodeView& view, Accepts accepts);

// `op` along one axis: from opset 13 on the attribute's, default the last; before, everything from the attribute's
// axis on, default 1, is one vector.
Result<std::vector<ValueId>> import_along_axis(ImportContext& context, std::string_view op);

// Evaluates Fn on each vector: void operator()(std::vector<double>& vector) const.
template <class Fn>
Status eval_along_axis_wide(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AxisVectors axis = axis_view(view);
  const auto step = static_cast<std::size_t>(axis.inner);
  const auto eval = [&]<class T>(std::span<const T> x, std::span<T> y) {
    std::vector<double> vector(static_cast<std::size_t>(axis.size));
    axis.for_each_vector([&](std::size_t first) {
      for (std::size_t i = 0; i < vector.size(); ++i) vector[i] = static_cast<double>(x[first + i * step]);
      Fn()(vector);
      for (std::size_t i = 0; i < vector.size(); ++i) y[first + i * step] = static_cast<T>(vector[i]);
    });
  };
  if (in[0]->dtype() == DType::f64) eval(in[0]->data<double>(), out[0].mutable_data<double>());
  else eval(in[0]->data<float>(), out[0].mutable_data<float>());
  return {};
}

template <class Fn>
inline constexpr EvalFn eval_along_axis = with_halves_as_floats<eval_along_axis_wide<Fn>>;

// The call of a float kernel whose parameters are outer, size and inner.
Result<std::vector<KernelCall>> lower_float_along_axis(const NodeView& view, std::string kernel);

// Per element three operations: the maximum, the exponential with its sum, the quotient.
Work work_along_axis(const NodeView& view);

}  // namespace tinyc::ops
