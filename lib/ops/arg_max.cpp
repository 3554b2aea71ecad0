// arg_max: the index of the largest element of x along `axis`. ONNX ArgMax.

#include "lib/ops/arg_extreme.h"

namespace tinyc::ops {
namespace {

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Tensor& x = *in[0];
  const bool half = x.dtype() == DType::f16 || x.dtype() == DType::bf16;
  return eval_arg_extreme(node, half ? x.cast(DType::f32) : x, out[0], true);
}

Result<std::vector<ValueId>> import_arg_max(ImportContext& context) { return import_arg_extreme(context, "arg_max"); }

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  return lower_arg_extreme(node, true);
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  return lower_arg_extreme_float(node, true);
}

Work work(const NodeView& node) { return {.element_ops = node.operand(0).shape.elements()}; }

}  // namespace

const OpDef& arg_max() {
  static const OpDef op{.name = "arg_max",
                        .summary = "the index (i64) of the largest element of x along `axis`",
                        .onnx = {{"ArgMax", import_arg_max}},
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
