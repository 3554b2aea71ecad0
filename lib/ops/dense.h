#pragma once
// What the operators with a weight matrix share: int32 bias, requantization per output channel, clamps.

#include <span>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/quant/requantize.h"

namespace tinyc::ops {

// The bounds of a quantized result: [-128, 127] narrowed by the attributes clamp_low and clamp_high.
struct StoredClamp {
  std::int32_t low = -128;
  std::int32_t high = 127;
};
StoredClamp stored_clamp(const NodeView& node);

// Adds bias[c] to every element of channel c, the last axis.
template <class Real>
void add_bias(std::span<const Real> bias, std::span<Real> values) {
  for (std::size_t i = 0; i < values.size(); i += bias.size())
    for (std::size_t c = 0; c < bias.size(); ++c) values[i + c] += bias[c];
}

// The stored int8 values less their zero point, as floats (gemm.h).
std::vector<float> centered(const Tensor& stored, const Type& type);

// out = requantized sums [..., channels] plus the int32 bias (operand 2, optional), clamped.
void requantize_channels(const NodeView& node, std::span<const Tensor* const> in, std::span<const std::int32_t> sums,
                         Tensor& out);

// One requantizer per output channel of a node with operands x, weights and a quantized result:
// ratio[c] = scale(x) * scale(weights)[c] / scale(result).
std::vector<Requantizer> channel_requantizers(const NodeView& node, std::int64_t channels);

// TC4011 unless bias (operand 2, optional) has one element per channel and the types of the operands go together:
// all float, or i8, i8 and i32.
Status check_dense_types(const NodeView& node, std::int64_t channels);

// TC4012 unless the layer's accumulators, of these weights [channels, ...] and bias (may be null), fit int32 before and
// after the left shift of its requantizers, and these exist. What the quantize pass makes does; a file may say anything.
Status check_sums(const NodeView& node, const Tensor& weights, const Tensor* bias);

// Adds the fields `multiplier` (a table per channel), `left_shift`, `zero_point`, `clamp_low`, `clamp_high` of a kernel.
void append_requantization(const NodeView& node, std::int64_t channels, std::vector<KernelParam>& params);

// bias[c] - zero_point(x) * (sum of the channel's weights): with it a kernel accumulates stored values as they are.
// `weights` is [channels, taps]. All zeros when the node has no bias.
Tensor folded_bias(const NodeView& node, std::int64_t channels);

// The bias as it is, for kernels that subtract the zero point from every value; zeros when the node has none.
Tensor plain_bias(const NodeView& node, std::int64_t channels);

// The quantization rule of x, weights[channel, ...], bias; TC3012 reaches the user when weights are computed at run time.
QuantRule dense_rule(const NodeView& node);

}  // namespace tinyc::ops
