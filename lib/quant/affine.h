#pragma once
// Conversion between real tensors and stored integers.

#include "lib/ir/tensor.h"
#include "lib/ir/type.h"

namespace tinyc {

// Affine conversion of one tensor, as emitted code does it: stored = clamp(round_half_away(x / scale) + zero_point).
Tensor quantize_tensor(const Tensor& real, const Type& type);
// The stored integers of an int8 input for a sample of it: a float one is quantized; 8-bit integers are what an
// imported quantized model stores, uint8 with a zero point that is higher by 128.
Tensor stored_tensor(const Tensor& sample, const Type& type);
Tensor dequantize_tensor(const Tensor& stored, const Quantization& quantization);

}  // namespace tinyc
