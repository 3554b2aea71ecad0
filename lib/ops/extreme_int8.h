#pragma once
// max and min on integers: operands and result have the same parameters, so that stored values compare as real ones.

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

Status eval_extreme_int8(const NodeView& view, bool largest, std::span<const Tensor* const> in, std::span<Tensor> out);
Result<std::vector<KernelCall>> lower_extreme(const NodeView& view, bool largest);
QuantRule extreme_rule(const NodeView& view);

// `def` with these answers.
template <bool largest>
OpDef with_extreme_int8(OpDef def) {
  def.eval_int8 = EvalFn([](const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
    return eval_extreme_int8(view, largest, in, out);
  });
  def.lower = LowerFn([](const NodeView& view, const CoreFeatures&) { return lower_extreme(view, largest); });
  def.quantization = extreme_rule;
  def.in_place_operand = 0;
  return def;
}

}  // namespace tinyc::ops
