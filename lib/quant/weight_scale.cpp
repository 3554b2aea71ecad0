#include "lib/quant/weight_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/quant/requantize.h"
#include "lib/support/check.h"

namespace tinyc {
namespace {

constexpr double half_range = 0x1p30 * 0.999;   // of int32, less the rounding of the terms
constexpr double largest_bias = 0x1p21;         // leaves room below 2^23, where byte-pair weights need sums to stay
constexpr double nearly_zero = 0x1p-14;         // of the largest scale of the layer

// The smallest float that is not below a positive number.
float round_up(double value) {
  const auto nearest = static_cast<float>(value);
  return nearest < value ? std::nextafter(nearest, std::numeric_limits<float>::infinity()) : nearest;
}

std::vector<float> scales_of(std::span<const float> weights, std::span<const float> bias, double input_scale, int levels,
                             bool hold_largest) {
  TINYC_CHECK(!bias.empty() && weights.size() % bias.size() == 0, "one bias per output channel");
  const std::size_t channels = bias.size(), taps = weights.size() / channels;
  std::vector<double> scales(channels);
  double layer_largest = 0;
  for (std::size_t c = 0; c < channels; ++c) {
    double largest = 0, sum = 0;
    for (const float w : weights.subspan(c * taps, taps)) {
      largest = std::max(largest, std::fabs(static_cast<double>(w)));
      sum += std::fabs(static_cast<double>(w));
    }
    scales[c] = std::max(256 * sum / half_range, std::fabs(static_cast<double>(bias[c])) / input_scale / largest_bias);
    layer_largest = std::max({layer_largest, scales[c], largest / levels});
    if (hold_largest) scales[c] = std::max(scales[c], largest / levels);
  }
  TINYC_CHECK(std::isfinite(layer_largest), "weights and biases are finite");
  const double floor = layer_largest > 0 ? std::max<double>(layer_largest * nearly_zero, std::numeric_limits<float>::min()) : 1.0;
  std::vector<float> result;
  for (const double scale : scales) result.push_back(round_up(std::max(scale, floor)));
  return result;
}

}  // namespace

std::vector<float> safe_weight_scales(std::span<const float> weights, std::span<const float> bias, double input_scale, int levels) {
  return scales_of(weights, bias, input_scale, levels, true);
}

std::vector<float> least_weight_scales(std::span<const float> weights, std::span<const float> bias, double input_scale, int levels) {
  return scales_of(weights, bias, input_scale, levels, false);
}

std::int8_t quantize_weight(float weight, float scale, int lowest, int highest) {
  return static_cast<std::int8_t>(std::clamp(std::round(static_cast<double>(weight) / scale), static_cast<double>(lowest),
                                             static_cast<double>(highest)));
}

std::int32_t quantize_bias(float bias, double input_scale, float weight_scale) {
  const double steps = std::round(bias / (input_scale * weight_scale));
  TINYC_CHECK(std::fabs(steps) <= 0x1p30, "a bias beyond the range that the weight scale was chosen for");
  return static_cast<std::int32_t>(steps);
}

std::int64_t accumulator_bound(std::span<const std::int8_t> channel_weights, std::int32_t bias) {
  std::int64_t sum = 0;
  for (const std::int8_t w : channel_weights) sum += std::abs(static_cast<int>(w));
  return std::abs(static_cast<std::int64_t>(bias)) + 256 * sum;
}

// left_shift is 0 for ratios below 0.499; otherwise 2^left_shift <= 4 * ratio, a little more where the multiplier rounds
// up to a power of two.
double smallest_result_scale(double input_scale, std::span<const float> weight_scales, std::int64_t bound) {
  const double step = input_scale * *std::max_element(weight_scales.begin(), weight_scales.end());
  const double without_shift = step / 0.499;
  const double with_shift = std::max(step * static_cast<double>(bound) * 0x1.001p-29, 2 * step / max_ratio);
  return std::min(without_shift, with_shift);
}

}  // namespace tinyc
