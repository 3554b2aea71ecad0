// arg_min: the index of the smallest element of x along `axis`. ONNX ArgMin.

#include "lib/ops/arg_extreme.h"

namespace tinyc::ops {
namespace {

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Tensor& x = *in[0];
  const bool half = x.dtype() == DType::f16 || x.dtype() == DType::bf16;
  return eval_arg_extreme(node, half ? x.cast(DType::f32) : x, out[0], false);
}

Result<std::vector<ValueId>> import_arg_min(ImportContext& context) { return import_arg_extreme(context, "arg_min"); }

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  return lower_arg_extreme(node, false);
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  return lower_arg_extreme_float(node, false);
}

Work work(const NodeView& node) { return {.element_ops = node.operand(0).shape.elements()}; }

}  // namespace

const OpDef& arg_min() {
  static const OpDef op{.name = "arg_min",
                        .summary = "the index (i64) of the smallest element of x along `axis`",
                        .onnx = {{"ArgMin", import_arg_min}},
                        .infer = infer_arg_extreme,
                        .eval_float = eval,
                        .eval_int8 = eval,
                        .work = work,
                        .quantization = arg_extreme_rule,
                        .lower = lower,
                        .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
