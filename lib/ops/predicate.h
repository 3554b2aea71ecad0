#pragma once
// Operators that ask something of each real element.

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

// The operand's shape, of truth values.
template <class Fn>
Result<std::vector<Type>> infer_predicate(const NodeView& view) {
  auto types = TINYC_TRY(infer_unary<Fn>(view));
  types.front().dtype = DType::boolean;
  return types;
}

template <class Fn>
Status eval_predicate(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Fn f(view.attributes);
  const std::vector<double> x = in[0]->to_doubles();
  const auto y = out[0].mutable_data<bool>();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = f(x[i]);
  return {};
}

template <class Fn>
OpDef predicate(std::string_view name, std::string_view summary, std::vector<OnnxImport> onnx) {
  return {.name = name,
          .summary = summary,
          .onnx = std::move(onnx),
          .infer = infer_predicate<Fn>,
          .eval_float = eval_predicate<Fn>,
          .eval_int8 = no_integer_kernel,
          .work = work_per_element_unscaled,
          .quantization = no_integer_kernel,
          .lower = no_integer_kernel,
          .lower_float = lower_unary_float<Fn>,
          .elementwise = true};
}

}  // namespace tinyc::ops
