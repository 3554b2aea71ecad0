#pragma once
// Makers of the OpDef of a reduction that is a fold: reduce_sum, reduce_max, reduce_l2, ...
//
// A fold is a struct with (of no elements, the result is finish(start()))
//   static constexpr Accepts accepts;
//   template <class T> using State = ...;            what is accumulated for elements of type T
//   template <class T> static State<T> start();
//   template <class T> static void add(State<T>&, T x);
//   template <class T> static T finish(const State<T>&);

#include "lib/ops/reduce.h"

namespace tinyc::ops {

// Integer sums and products wrap as in C, without undefined behaviour; reals are accumulated in double.
template <class T>
using WideOf = std::conditional_t<std::is_floating_point_v<T>, double, std::uint64_t>;

// A real as T: integers truncate and saturate, what is not a number becomes 0.
template <class T>
T from_real(double x) {
  if constexpr (std::is_integral_v<T>) {
    if (std::isnan(x)) return T{0};
    if (x <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
    if (x >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  }
  return static_cast<T>(x);
}

template <class Fold>
Result<std::vector<Type>> infer_fold(const NodeView& node) {
  auto types = TINYC_TRY(infer_reduction(node));
  if (!accepts_dtype(Fold::accepts, types[0].dtype)) return unsupported_dtype(node, types[0].dtype);
  return types;
}

template <class Fold>
Status eval_fold_wide(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  visit_dtype(in[0]->dtype(), [&]<class T>(T) {
    if constexpr (instantiates<T>(Fold::accepts)) {
      const auto x = in[0]->data<T>();
      const auto y = out[0].mutable_data<T>();
      struct Slot {  // keeps std::vector from packing bool
        typename Fold::template State<T> state;
      };
      std::vector<Slot> slots(y.size(), Slot{Fold::template start<T>()});
      for_each_reduced(node, [&](std::size_t from, std::size_t to) { Fold::template add<T>(slots[to].state, x[from]); });
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = Fold::template finish<T>(slots[i].state);
    } else {
      TINYC_CHECK(false, "inference refused this element type");
    }
  });
  return {};
}

template <class Fold>
OpDef fold_op(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx) {
  return {.name = name,
          .summary = summary,
          .onnx = std::move(onnx),
          .infer = infer_fold<Fold>,
          .eval_float = with_halves_as_floats<eval_fold_wide<Fold>>,
          .eval_int8 = no_integer_kernel,
          .work = work_of_reduction,
          .quantization = no_integer_kernel,
          .lower = no_integer_kernel,
          .lower_float = lower_reduction_float};
}

}  // namespace tinyc::ops
