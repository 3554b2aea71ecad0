#pragma once
// reduce_max and reduce_min on integers: stored values compare as real ones.

#include "lib/ops/movement.h"
#include "lib/ops/reduction.h"

namespace tinyc::ops {

Result<std::vector<KernelCall>> lower_reduce_extreme(const NodeView& node, bool largest);

// `def`, a fold, with answers for int8: the fold itself evaluates it.
template <bool largest>
OpDef with_reduce_extreme_int8(OpDef def) {
  def.eval_int8 = *def.eval_float;
  def.quantization = as_operand_rule;
  def.lower = LowerFn([](const NodeView& node, const CoreFeatures&) { return lower_reduce_extreme(node, largest); });
  return def;
}

}  // namespace tinyc::ops
