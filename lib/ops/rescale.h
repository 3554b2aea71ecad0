#pragma once
// One int8 tensor stored with other parameters, bounded: what relu, clip and requantize are on integers.

#include "lib/ops/binary_int8.h"
#include "lib/quant/clamp.h"

namespace tinyc::ops {

// out[0] = operand 0 with the parameters of the result. Equal parameters are a clamp only.
Status eval_rescaled(const NodeView& view, ClampBounds bounds, std::span<const Tensor* const> in, std::span<Tensor> out);
Result<std::vector<KernelCall>> lower_rescaled(const NodeView& view, ClampBounds bounds);

}  // namespace tinyc::ops
