#include "lib/ops/packed_weights.h"

#include <algorithm>
#include <cstdlib>

namespace tinyc::ops {
namespace {

// Whether |bias + sum of w * x| stays below 2^23 for all x in [-128, 127], for every channel.
bool sums_fit(std::span<const std::int8_t> weights, std::span<const std::int32_t> bias) {
  const std::size_t depth = weights.size() / bias.size();
  for (std::size_t c = 0; c < bias.size(); ++c) {
    std::int64_t bound = std::abs(static_cast<std::int64_t>(bias[c]));
    for (std::size_t k = 0; k < depth; ++k) bound += 128 * std::abs(static_cast<std::int64_t>(weights[c * depth + k]));
    if (bound >= std::int64_t{1} << 23) return false;
  }
  return true;
}

}  // namespace

std::int64_t strip_of(std::int64_t depth) { return std::clamp<std::int64_t>(512 / (4 * depth), 1, 8); }

std::optional<Tensor> pack_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                   std::int64_t group) {
  const Tensor bias_tensor = folded_bias(node, channels);
  const auto bias = bias_tensor.data<std::int32_t>();
  const std::vector<Requantizer> requantizers = channel_requantizers(node, channels);
  if (requantizers.front().left_shift != 0 || !sums_fit(weights, bias)) return std::nullopt;

  const std::int64_t depth = static_cast<std::int64_t>(weights.size()) / channels, padded = (depth + 3) / 4 * 4;
  const auto weight = [&](std::int64_t c, std::int64_t k) -> std::int32_t {
    return c < channels && k < depth ? weights[static_cast<std::size_t>(c * depth + k)] : 0;
  };
  const auto bias_of = [&](std::int64_t c) -> std::uint32_t {
    return c < channels ? static_cast<std::uint32_t>(bias[static_cast<std::size_t>(c)]) : 0;
  };
  // A weight of -128 above a negative one has no place in a halfword.
  for (std::int64_t c = 0; c + 1 < channels; c += 2)
    for (std::int64_t k = 0; k < depth; ++k)
      if (weight(c + 1, k) == -128 && weight(c, k) < 0) return std::nullopt;
  // 256 * (weight of channel c + 1) + (weight of c), as a halfword.
  const auto couple = [&](std::int64_t c, std::int64_t k) {
    return static_cast<std::uint32_t>(256 * weight(c + 1, k) + weight(c, k)) & 0xffffu;
  };
  std::vector<std::int32_t> stream;
  const auto push = [&](std::uint32_t word) { stream.push_back(static_cast<std::int32_t>(word)); };
  for (std::int64_t first = 0; first < channels; first += group) {
    for (std::int64_t c = first; c < first + group; c += 2) push(256 * bias_of(c + 1) + bias_of(c)), push(bias_of(c));
    for (std::int64_t k = 0; k < padded; k += 4)
      for (const std::int64_t odd : {0, 1})
        for (std::int64_t c = first; c < first + group; c += 2) push(couple(c, k + odd) | couple(c, k + odd + 2) << 16);
    for (std::int64_t c = first; c < first + group; ++c)
      push(c < channels ? static_cast<std::uint32_t>(requantizers[static_cast<std::size_t>(c)].multiplier) : 0);
  }
  return Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(stream.size())}, stream);
}

}  // namespace tinyc::ops
