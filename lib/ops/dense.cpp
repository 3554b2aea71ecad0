#include "lib/ops/dense.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/quant/weight_scale.h"

namespace tinyc::ops {

StoredClamp stored_clamp(const NodeView& node) {
  const Quantization& result = *node.result().quantization;
  StoredClamp clamp;
  if (const Attribute* low = node.attributes.find("clamp_low"))
    clamp.low = quantize_to_i8(std::get<double>(*low), result.scale.front(), result.zero_point.front());
  if (const Attribute* high = node.attributes.find("clamp_high"))
    clamp.high = quantize_to_i8(std::get<double>(*high), result.scale.front(), result.zero_point.front());
  return clamp;
}

std::vector<Requantizer> channel_requantizers(const NodeView& node, std::int64_t channels) {
  const Quantization& x = *node.operand(0).quantization;
  const Quantization& weights = *node.operand(1).quantization;
  const Quantization& result = *node.result().quantization;
  std::vector<double> ratios(static_cast<std::size_t>(channels));
  for (std::size_t c = 0; c < ratios.size(); ++c)
    ratios[c] = static_cast<double>(x.scale.front()) * weights.scale[weights.is_per_tensor() ? 0 : c] / result.scale.front();
  return make_requantizers(ratios);
}

Status check_sums(const NodeView& node, const Tensor& weights, const Tensor* bias) {
  const auto stored = weights.data<std::int8_t>();
  const auto channels = static_cast<std::size_t>(weights.shape()[0]);
  const std::size_t taps = channels == 0 ? 0 : stored.size() / channels;
  std::int64_t bound = 0;
  for (std::size_t c = 0; c < channels; ++c)
    bound = std::max(bound, accumulator_bound(stored.subspan(c * taps, taps), bias ? bias->data<std::int32_t>()[c] : 0));
  const Quantization& scales = *node.operand(1).quantization;
  const double step = static_cast<double>(node.operand(0).quantization->scale.front()) / node.result().quantization->scale.front();
  for (const float scale : scales.scale)
    if (!(step * scale > 0 && step * scale < max_ratio))
      return node.error("TC4012", "the scales of its input, weights and result do not go together");
  const std::vector<Requantizer> requantizers = channel_requantizers(node, weights.shape()[0]);
  if (requantizers.empty() || bound << requantizers.front().left_shift < std::int64_t{1} << 31) return {};
  return node.error("TC4012", "its accumulators could overflow 32 bits");
}

std::vector<float> centered(const Tensor& stored, const Type& type) {
  const auto values = stored.data<std::int8_t>();
  // Weights have one scale per channel and the zero point 0.
  const std::int32_t zero_point = type.quantization->is_per_tensor() ? type.quantization->zero_point.front() : 0;
  std::vector<float> result(values.size());
  std::transform(values.begin(), values.end(), result.begin(),
                 [&](std::int8_t value) { return static_cast<float>(value - zero_point); });
  return result;
}

void requantize_channels(const NodeView& node, std::span<const Tensor* const> in, std::span<const std::int32_t> sums,
                         Tensor& out) {
  const auto& shape = out.shape();
  const auto channels = static_cast<std::size_t>(shape[shape.rank() - 1]);
  const std::vector<Requantizer> requantizers = channel_requantizers(node, shape[shape.rank() - 1]);
  const std::vector<std::int32_t> no_bias(node.has(2) ? 0 : channels);
  const auto bias = node.has(2) ? in[2]->data<std::int32_t>() : std::span(no_bias);
  const StoredClamp clamp = stored_clamp(node);
  const std::int32_t zero_point = node.result().quantization->zero_point.front();
  const auto y = out.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < sums.size(); i += channels)
    for (std::size_t c = 0; c < channels; ++c)
      y[i + c] = static_cast<std::int8_t>(
          std::clamp(requantize(sums[i + c] + bias[c], requantizers[c], zero_point), clamp.low, clamp.high));
}

Status check_dense_types(const NodeView& node, std::int64_t channels) {
  const bool quantized = node.operand(0).is_quantized();
  const DType dtype = quantized ? DType::i8 : node.operand(0).dtype;
  if (!quantized && !is_float(dtype))
    return node.error("TC3011", std::string(node.op.name) + " of " + std::string(to_string(dtype)) + " is not supported");
  if (node.operand(1).dtype != dtype || node.operand(1).is_quantized() != quantized)
    return node.error("TC4011", "the weights are " + node.operand(1).to_string() + " but the input is " +
                                    std::string(to_string(node.operand(0).dtype)));
  if (!node.has(2)) return {};
  const Type& bias = node.operand(2);
  if (bias.shape != Shape{channels} || bias.dtype != (quantized ? DType::i32 : dtype))
    return node.error("TC4011", "the bias is " + bias.to_string() + " where " + std::to_string(channels) +
                                    " channels of " + (quantized ? "i32" : std::string(to_string(dtype))) + " are needed");
  return {};
}

Tensor plain_bias(const NodeView& node, std::int64_t channels) {
  return node.has(2) ? *node.constant(2) : Tensor(DType::i32, Shape{channels});
}

Tensor folded_bias(const NodeView& node, std::int64_t channels) {
  const std::span<const std::int8_t> weights = node.constant(1)->data<std::int8_t>();
  const std::int64_t zero_point = node.operand(0).quantization->zero_point.front();
  const std::size_t taps = weights.size() / static_cast<std::size_t>(channels);
  Tensor folded = plain_bias(node, channels);
  const auto bias = folded.mutable_data<std::int32_t>();
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const auto filter = weights.subspan(c * taps, taps);
    TINYC_CHECK(accumulator_bound(filter, bias[c]) < std::int64_t{1} << 31, "an accumulator that could overflow");
    bias[c] = static_cast<std::int32_t>(bias[c] - zero_point * std::accumulate(filter.begin(), filter.end(), std::int64_t{0}));
  }
  return folded;
}

void append_requantization(const NodeView& node, std::int64_t channels, std::vector<KernelParam>& params) {
  const std::vector<Requantizer> requantizers = channel_requantizers(node, channels);
  Tensor multipliers(DType::i32, Shape{channels});
  const auto out = multipliers.mutable_data<std::int32_t>();
  for (std::size_t c = 0; c < out.size(); ++c) out[c] = requantizers[c].multiplier;
  const StoredClamp clamp = stored_clamp(node);
  params.push_back({"multiplier", Table{std::move(multipliers)}});
  params.push_back({"left_shift", requantizers.front().left_shift});
  params.push_back({"zero_point", node.result().quantization->zero_point.front()});
  params.push_back({"clamp_low", clamp.low});
  params.push_back({"clamp_high", clamp.high});
}

QuantRule dense_rule(const NodeView&) { return {.weight = 1, .weight_axis = 0, .bias = 2}; }

}  // namespace tinyc::ops
