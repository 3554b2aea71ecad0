#pragma once
// Import of ONNX's quantized operators: stored integers become the reals they stand for by dequantize_linear, results
// become integers by quantize_linear, and the operator in between is the float one.

#include <optional>
#include <vector>

#include "lib/ops/import_util.h"

namespace tinyc::ops {

// Parameters as an ONNX operator names them: one scale, or one per index of an axis of the tensor; the zero point is 0
// when it is absent (invalid).
struct LinearOperands {
  ValueId scale, zero_point;
  std::int64_t axis = 0;
};

// The reals that integers stand for: a constant with pinned parameters when everything is constant, else a
// dequantize_linear.
Result<ValueId> emit_dequantized(ImportContext& context, ValueId stored, const LinearOperands& parameters,
                                 std::string_view suffix = {});
// The integers of type `otherwise`, or of the zero point's where there is one, that stand for reals.
Result<ValueId> emit_quantized(ImportContext& context, ValueId real, const LinearOperands& parameters,
                               DType otherwise = DType::u8, std::string_view suffix = {});

// Why quantize_linear and dequantize_linear may remain where an int8 graph is wanted.
inline constexpr const char* not_adopted =
    "its parameters cannot be those of an int8 graph: they are computed at run time, vary along an axis of "
    "activations, or "
    "belong to integers of more than 8 bits (--requantize gives them up)";

// The integers that stand for reals: of 8, 16 and 32 bits.
bool is_stored_type(DType dtype);

// scale * (stored - zero_point), computed in float32 as ONNX does; the parameters broadcast to the shape of `stored`.
Tensor dequantize_linear(const Tensor& stored, const Tensor& scale, const Tensor& zero_point);
// x / scale rounded half to even, plus zero_point, saturated to the zero point's type.
Tensor quantize_linear(const Tensor& real, const Tensor& scale, const Tensor& zero_point);

// A value's constant, also where nodes on constants compute it; nothing when it depends on an input.
std::optional<Tensor> constant_behind(const Graph& graph, ValueId value);

// The parameters of an int8 tensor of this shape that stands for the same reals: those of uint8 less 128. `scale` and
// `zero_point` broadcast to the shape. Nothing for other integers and for parameters that vary along several axes.
std::optional<Quantization> as_int8(const Tensor& scale, const Tensor& zero_point, const Shape& shape);

}  // namespace tinyc::ops
