#pragma once
// Conversion between real tensors and stored integers.

#include "lib/ir/tensor.h"
#include "lib/ir/type.h"

namespace tinyc {

// Affine conversion of one tensor, as emitted code does it: stored = clamp(round_half_away(x / scale) + zero_point).
Tensor quantize_tensor(const Tensor& real, const Type& type);
Tensor dequantize_tensor(const Tensor& stored, const Quantization& quantization);

}  // namespace tinyc
