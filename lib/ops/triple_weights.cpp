#include "lib/ops/triple_weights.h"

#include <algorithm>

namespace tinyc::ops {
namespace {

constexpr std::int64_t sum_limit = std::int64_t{1} << 20;

struct Channel {
  std::vector<std::int8_t> weights;
  std::int32_t bias;
  std::uint32_t multiplier;  // split
};

struct Range {
  std::int64_t low, high;
};

// What the inputs can make of a bias.
Range sums_of(std::span<const std::int8_t> weights, std::int64_t bias) {
  Range range{bias, bias};
  for (const std::int64_t w : weights) {
    range.low += std::min(-128 * w, 127 * w);
    range.high += std::max(-128 * w, 127 * w);
  }
  return range;
}

// Whether the sums of every run of every channel lie within [-2^20, 2^20), those of the first with the bias.
bool sums_fit(const std::vector<Channel>& channels, std::size_t run) {
  return std::all_of(channels.begin(), channels.end(), [&](const Channel& channel) {
    for (std::size_t first = 0; first < channel.weights.size(); first += run) {
      const std::size_t count = std::min(run, channel.weights.size() - first);
      if (!triple_sums_fit(std::span(channel.weights).subspan(first, count), first == 0 ? channel.bias : 0)) return false;
    }
    return true;
  });
}

// A channel that saturates whatever its inputs are needs none: quantized models have such with large biases.
Channel channel_of(std::span<const std::int8_t> weights, std::int32_t bias, Requantizer requantizer, std::int32_t zero_point) {
  const auto result = [&](std::int64_t sum) {
    return std::clamp(requantize(static_cast<std::int32_t>(sum), requantizer, zero_point), -128, 127);
  };
  const Range range = sums_of(weights, bias);
  if (const std::int32_t constant = result(range.low); constant == result(range.high))
    return {std::vector<std::int8_t>(weights.size()), (constant - zero_point) * 1024, 9 << 16 | 1 << 15};
  return {{weights.begin(), weights.end()}, bias, split_multiplier(requantizer.multiplier)};
}

}  // namespace

bool triple_sums_fit(std::span<const std::int8_t> weights, std::int64_t bias) {
  const Range range = sums_of(weights, bias);
  return range.low >= -sum_limit && range.high < sum_limit;
}

std::uint32_t split_multiplier(std::int32_t multiplier) {
  auto mantissa = static_cast<std::uint32_t>(multiplier);
  std::uint32_t shift = 16;
  for (; mantissa >> 16 != 0; mantissa >>= 1) --shift;
  return shift << 16 | mantissa;
}

std::optional<TripleWeights> triple_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels) {
  const std::vector<Requantizer> requantizers = channel_requantizers(node, channels);
  if (channels < 2 || requantizers.front().left_shift != 0) return std::nullopt;
  const std::size_t depth = weights.size() / static_cast<std::size_t>(channels);
  const Tensor bias = folded_bias(node, channels);
  std::vector<Channel> all;
  for (std::size_t c = 0; c < requantizers.size(); ++c)
    all.push_back(channel_of(weights.subspan(c * depth, depth), bias.data<std::int32_t>()[c], requantizers[c],
                             node.result().quantization->zero_point.front()));
  TripleWeights result;
  for (std::size_t runs = 1, run;; ++runs) {
    run = (depth + 4 * runs - 1) / (4 * runs) * 4;
    result.runs = static_cast<std::int64_t>(runs);
    result.run = static_cast<std::int64_t>(run);
    if (sums_fit(all, run)) break;
    if (run == 4) return std::nullopt;  // a bias beyond all weights
  }
  std::vector<std::int32_t> stream;
  const auto push = [&](std::uint32_t word) { stream.push_back(static_cast<std::int32_t>(word)); };
  for (std::size_t first = 0, group; first < all.size(); first += group) {
    const std::size_t left = all.size() - first;
    group = left > 4 || left == 3 ? 3 : 2;
    const auto members = std::span(all).subspan(first, group);
    for (std::int64_t run = 0; run < result.runs; ++run) {
      for (const Channel& channel : members) {
        const std::uint32_t b = run == 0 ? static_cast<std::uint32_t>(channel.bias) : 0;
        push(b + (b << 21)), push(b + (b << 10));
      }
      for (std::int64_t k = run * result.run; k < (run + 1) * result.run; k += 4)
        for (const Channel& channel : members) {
          std::uint32_t word = 0x00808080;
          for (std::size_t i = 0; i < 4; ++i)
            if (const std::size_t at = static_cast<std::size_t>(k) + i; at < depth)
              word += static_cast<std::uint32_t>(channel.weights[at]) << (24 - 8 * i);
          push(word);
        }
    }
    for (const Channel& channel : members) push(channel.multiplier | (result.runs > 1 ? 0x80000000u : 0));
  }
  result.stream = Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(stream.size())}, stream);
  return result;
}

void append_triples(const NodeView& node, TripleWeights weights, std::vector<KernelParam>& params) {
  const StoredClamp clamp = stored_clamp(node);
  params.insert(params.end(), {{"weights", Table{std::move(weights.stream)}}, {"runs", weights.runs}, {"run", weights.run},
                               {"zero_point", node.result().quantization->zero_point.front()},
                               {"clamp_low", clamp.low}, {"clamp_high", clamp.high}});
}

std::int64_t lead_of_triples(const Window2d& window, std::int64_t out_height, std::int64_t out_width, std::int64_t channels,
                             const InputSteps& steps) {
  const std::int64_t count = out_height * out_width;
  std::int64_t lead = 0, needed = 0;  // the first byte that windows from output `at` on read
  for (std::int64_t at = count - 1; at > 0; --at) {
    const std::int64_t top = std::max<std::int64_t>(0, window[0].start(at / out_width));
    const std::int64_t left = std::max<std::int64_t>(0, window[1].start(at % out_width));
    const std::int64_t first = top * steps.row + left * steps.column;
    needed = at == count - 1 ? first : std::min(needed, first);
    if (at % 3 == 0) lead = std::max(lead, at * channels - needed);
  }
  return lead;
}

void append_offsets(const NodeView& node, const Window2d& window, const std::array<std::int64_t, 2>& in_size,
                    TripleWeights weights, const std::vector<Tap>& taps, const InputSteps& steps, KernelCall& call) {
  const Shape& y = node.result().shape;
  const auto depth = static_cast<std::size_t>(weights.runs * weights.run);
  std::vector<std::int8_t> places(3 * depth);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    places[3 * k] = static_cast<std::int8_t>(taps[k].row);
    places[3 * k + 1] = static_cast<std::int8_t>(taps[k].column);
    places[3 * k + 2] = static_cast<std::int8_t>(taps[k].channel);
  }
  const auto size = static_cast<std::int64_t>(depth);
  call.scratch = Bytes(weights.patch().count + 7 * size);
  call.params = {{"in_height", in_size[0]}, {"in_width", in_size[1]}, {"row_step", steps.row}, {"column_step", steps.column},
                 {"out_height", y[1]}, {"out_width", y[2]}, {"out_channels", y[3]},
                 {"extent_y", window[0].extent()}, {"extent_x", window[1].extent()},
                 {"stride_y", window[0].stride}, {"stride_x", window[1].stride},
                 {"pad_top", window[0].pad_before}, {"pad_left", window[1].pad_before},
                 {"in_zero_point", node.operand(0).quantization->zero_point.front()},
                 {"depth", size},
                                         {"place", Table{Tensor::of<std::int8_t>(Shape{size, 3}, places)}}};
  append_triples(node, std::move(weights), call.params);
}

}  // namespace tinyc::ops
