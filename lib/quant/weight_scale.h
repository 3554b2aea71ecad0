#pragma once
// Scales of int8 weights such that nothing a convolution or fully connected layer adds up can overflow int32
// (docs/quantization.md, "No accumulator overflows").

#include <cstdint>
#include <span>
#include <vector>

namespace tinyc {

// One scale per output channel of weights [channels, taps], with one bias per channel (zeros when the layer
// has none). In general
// max|w| / 127; larger where
//  - the sum of the channel's products would leave half of the int32 range, or the bias 2^21 steps,
//  - the channel is nearly zero next to its layer's largest (below 2^-14 of it): its multiplier keeps its precision.
// An all-zero layer gets the scale 1. input_scale is positive; values are finite. `levels`: the largest stored weight, 127
// or 7 for 4-bit weights.
std::vector<float> safe_weight_scales(std::span<const float> weights, std::span<const float> bias, double input_scale,
                                      int levels = 127);
// The same without the first term: what a scale must not fall below when weights beyond the range are clamped.
std::vector<float> least_weight_scales(std::span<const float> weights, std::span<const float> bias, double input_scale,
                                       int levels = 127);

// Symmetric int8 of a weight, in [lowest, highest]; int32 of a bias with scale input_scale * weight_scale.
std::int8_t quantize_weight(float weight, float scale, int lowest = -127, int highest = 127);
std::int32_t quantize_bias(float bias, double input_scale, float weight_scale);

// An upper bound of |sum| of every partial sum of a channel's accumulation over stored inputs, from the folded bias
// on: |bias| + 256 * sum|w|. A layer is safe when it is below 2^31 for every channel.
std::int64_t accumulator_bound(std::span<const std::int8_t> channel_weights, std::int32_t bias);

// The smallest scale of the result for which the requantization of accumulators within `bound` (the largest of the
// layer's) neither overflows in its left shift nor has a ratio beyond max_ratio.
double smallest_result_scale(double input_scale, std::span<const float> weight_scales, std::int64_t bound);

}  // namespace tinyc
