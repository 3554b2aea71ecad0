#pragma once
// The attributes `scale` and `zero_point` of operators whose result's parameters their operands do not tell.

#include "lib/ops/checks.h"

namespace tinyc::ops {

// TC4010 unless the scale is positive and finite as float and the zero point is a value of `dtype`.
Result<Quantization> affine_result(const NodeView& view, DType dtype);

}  // namespace tinyc::ops
