#pragma once
// add and sub on integers: one sum, with the sign of the second operand.

#include "lib/ir/op_def.h"

namespace tinyc::ops {

Status eval_sum_int8(const NodeView& view, int sign_b, std::span<const Tensor* const> in, std::span<Tensor> out);
Result<std::vector<KernelCall>> lower_sum(const NodeView& view, int sign_b);

}  // namespace tinyc::ops
