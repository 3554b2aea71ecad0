#include "passes/compress/quantize_constant.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/quant/weight_scale.h"

namespace tinyc::passes {
namespace {

constexpr double largest_correction = 1 << 20;  // in steps of a bias, which has room for 2^21 more
constexpr double smallest_scale = std::numeric_limits<float>::min(), largest_scale = std::numeric_limits<float>::max();

// Calls f(element, channel, tap) for a tensor with channels along `axis`.
template <class F>
void each_tap(const Shape& shape, int axis, F&& f) {
  const std::int64_t inner = shape.strides()[static_cast<std::size_t>(axis)], channels = shape[axis];
  for (std::int64_t i = 0; i < shape.elements(); ++i)
    f(static_cast<std::size_t>(i), static_cast<std::size_t>(i / inner % channels),
      static_cast<std::size_t>(i / inner / channels * inner + i % inner));
}

// [channels, taps], contiguous per channel.
template <class T>
std::vector<T> by_channel(const Tensor& tensor, int axis) {
  const auto from = tensor.data<T>();
  const auto taps = from.size() / static_cast<std::size_t>(tensor.shape()[axis]);
  std::vector<T> to(from.size());
  each_tap(tensor.shape(), axis, [&](std::size_t i, std::size_t c, std::size_t tap) { to[c * taps + tap] = from[i]; });
  return to;
}

// What storing weights [channels, ..., inputs] adds to the mean of each channel's result, padding apart; zeros without a mean
// per input channel.
std::vector<double> added_by_rounding(const Tensor& weights, const Tensor& stored, const std::vector<float>& scales,
                                      std::span<const double> input_means) {
  std::vector<double> added(scales.size(), 0);
  const auto inputs = static_cast<std::size_t>(weights.shape()[weights.shape().rank() - 1]);
  const std::size_t groups = input_means.size() / inputs;
  if (groups == 0 || groups * inputs != input_means.size() || scales.size() % groups != 0) return added;
  const auto from = weights.data<float>();
  const auto to = stored.data<std::int8_t>();
  each_tap(weights.shape(), 0, [&](std::size_t i, std::size_t c, std::size_t) {
    const double rounding = static_cast<double>(to[i]) * static_cast<double>(scales[c]) - static_cast<double>(from[i]);
    added[c] += rounding * input_means[c / (scales.size() / groups) * inputs + i % inputs];
  });
  return added;
}

}  // namespace

ValueId QuantizedConstants::store(ValueId original, Tensor tensor, const Quantization& quantization) {
  for (const Stored& stored : stored_)
    if (stored.original == original && graph_.value(stored.value).type().quantization == quantization &&
        graph_.value(stored.value).constant() == tensor)
      return stored.value;
  const std::string name = graph_.value(original).name();
  const ValueId value = graph_.add_constant(name, std::move(tensor), quantization);
  stored_.push_back({original, value, name});
  return value;
}

void QuantizedConstants::finish() {
  graph_.erase_unused_constants();
  for (const Stored& stored : stored_)
    if (graph_.contains(stored.value)) graph_.rename(stored.value, stored.name);
}

namespace {

// The scale of every channel as the imported model prescribes it; nothing when its parameters run along another axis.
std::optional<std::vector<float>> pinned_scales(const std::optional<Quantization>& pinned, int axis,
                                                std::size_t channels) {
  if (!pinned || (!pinned->is_per_tensor() && pinned->axis != axis)) return std::nullopt;
  return pinned->is_per_tensor() ? std::vector<float>(channels, pinned->scale.front()) : pinned->scale;
}

// Whether a channel can be stored in steps of this scale: its weights are int8 without a zero point, and nothing it
// accumulates overflows.
bool fits(std::span<const float> taps, float bias, double input_scale, float scale) {
  const double bias_steps = std::round(bias / (input_scale * scale));
  double sum = 0;
  for (const float tap : taps) {
    const double steps = std::round(static_cast<double>(tap) / scale);
    if (steps < -128 || steps > 127) return false;
    sum += std::fabs(steps);
  }
  return std::fabs(bias_steps) + 256 * sum < 0x1p30;
}

}  // namespace

QuantizedWeights quantize_weights(const Tensor& weights, const Tensor* bias, int axis, double input_scale,
                                  const std::optional<Quantization>& pinned, std::span<const double> input_means, int levels) {
  const auto channels = static_cast<std::size_t>(weights.shape()[axis]);
  const std::vector<float> taps = by_channel<float>(weights, axis);
  const std::vector<float> no_bias(channels, 0.0f);
  const auto biases = bias ? bias->data<float>() : std::span<const float>(no_bias);
  const std::size_t size = channels == 0 ? 0 : taps.size() / channels;
  std::vector<float> scales = safe_weight_scales(taps, biases, input_scale, levels);

  QuantizedWeights result;
  if (const auto prescribed = pinned_scales(pinned, axis, channels)) {
    for (std::size_t c = 0; c < channels; ++c) {
      if (fits({taps.data() + c * size, size}, biases[c], input_scale, (*prescribed)[c])) scales[c] = (*prescribed)[c];
      else ++result.unmet_channels;
    }
  } else if (pinned) {
    result.unmet_channels = static_cast<std::int64_t>(channels);
  }
  result.weights = Tensor(DType::i8, weights.shape());
  result.weight_quantization = {axis, scales, std::vector<std::int32_t>(channels, 0)};
  const auto from = weights.data<float>();
  const auto to = result.weights.mutable_data<std::int8_t>();
  each_tap(weights.shape(), axis, [&](std::size_t i, std::size_t c, std::size_t) {
    to[i] = quantize_weight(from[i], scales[c], pinned ? -128 : -levels, levels);
  });

  const std::vector<double> added =
      added_by_rounding(weights, result.weights, scales, pinned ? std::span<const double>() : input_means);
  std::vector<std::int32_t> stored_bias(channels, 0);
  result.bias_quantization = {0, {}, std::vector<std::int32_t>(channels, 0)};
  for (std::size_t c = 0; c < channels; ++c) {
    const double largest = largest_correction * input_scale * static_cast<double>(scales[c]);
    const double correction = bias && std::isfinite(added[c]) ? std::clamp(added[c], -largest, largest) : 0;
    stored_bias[c] = quantize_bias(static_cast<float>(static_cast<double>(biases[c]) - correction), input_scale, scales[c]);
    // Nothing is computed from this scale; beyond the range of float it is only the nearest there is.
    result.bias_quantization.scale.push_back(
        static_cast<float>(std::clamp(input_scale * scales[c], smallest_scale, largest_scale)));
  }
  if (bias) result.bias = Tensor::of<std::int32_t>(bias->shape(), stored_bias);

  const std::vector<std::int8_t> stored = by_channel<std::int8_t>(result.weights, axis);
  for (std::size_t c = 0; c < channels; ++c) {
    const std::span<const std::int8_t> channel(stored.data() + c * size, size);
    result.accumulator_bound = std::max(result.accumulator_bound, accumulator_bound(channel, stored_bias[c]));
    float largest = 0;
    for (std::size_t i = 0; i < size; ++i) largest = std::max(largest, std::fabs(taps[c * size + i]));
    result.raised_channels += !pinned && scales[c] > largest / static_cast<float>(levels) * 1.001f;
  }
  TINYC_CHECK(result.accumulator_bound < std::int64_t{1} << 31, "an accumulator that may overflow");
  return result;
}

}  // namespace tinyc::passes
