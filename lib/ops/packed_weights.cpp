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

// A layer whose channels share halfwords by twos; beyond its channels and its depth are zeros.
class PairedLayer {
 public:
  static std::optional<PairedLayer> make(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels) {
    PairedLayer layer(weights, channels);
    const Tensor bias = folded_bias(node, channels);
    const auto from = bias.data<std::int32_t>();
    layer.bias_.assign(from.begin(), from.end());
    const std::vector<Requantizer> requantizers = channel_requantizers(node, channels);
    for (const Requantizer& by : requantizers) layer.multipliers_.push_back(by.multiplier);
    if (requantizers.front().left_shift != 0 || !sums_fit(weights, layer.bias_) || !layer.turn_signs()) return std::nullopt;
    return layer;
  }

  std::int64_t channels() const { return channels_; }
  std::int64_t depth() const { return depth_; }  // a multiple of 4
  std::int64_t steps() const { return depth_ / 2; }

  // The word of channels c and c + 1 at a step, which has two inputs: of every four, 0 and 2, or 1 and 3.
  std::uint32_t word(std::int64_t c, std::int64_t step) const {
    const std::int64_t k = step / 2 * 4 + step % 2;
    return couple(c, k) | couple(c, k + 2) << 16;
  }
  std::uint32_t bias(std::int64_t c) const { return c < channels_ ? static_cast<std::uint32_t>(bias_[at(c)]) : 0; }
  std::uint32_t multiplier(std::int64_t c) const { return c < channels_ ? static_cast<std::uint32_t>(multipliers_[at(c)]) : 0; }

 private:
  PairedLayer(std::span<const std::int8_t> weights, std::int64_t channels)
      : weights_(weights.begin(), weights.end()), channels_(channels),
        taps_(static_cast<std::int64_t>(weights.size()) / channels), depth_((taps_ + 3) / 4 * 4) {}

  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
  std::int32_t weight(std::int64_t c, std::int64_t k) const {
    return c < channels_ && k < taps_ ? weights_[at(c * taps_ + k)] : 0;
  }
  // 256 * (weight of channel c + 1) + (weight of c), as a halfword.
  std::uint32_t couple(std::int64_t c, std::int64_t k) const {
    return static_cast<std::uint32_t>(256 * weight(c + 1, k) + weight(c, k)) & 0xffffu;
  }

  // A weight of -128 above a negative one has no place in a halfword. With the signs of its channel turned, the multiplier's, too, it
  // is a 128 above a negative one, which has.
  bool turn_signs() {
    for (std::int64_t c = 1; c < channels_; c += 2) {
      bool must = false, may = true;
      for (std::int64_t k = 0; k < taps_; ++k) {
        if (weight(c, k) != -128) continue;
        (weight(c - 1, k) < 0 ? must : may) = weight(c - 1, k) < 0;
      }
      if (!must) continue;
      if (!may) return false;
      for (std::int64_t k = 0; k < taps_; ++k) weights_[at(c * taps_ + k)] = static_cast<std::int16_t>(-weight(c, k));
      bias_[at(c)] = -bias_[at(c)];
      multipliers_[at(c)] = -multipliers_[at(c)];
    }
    return true;
  }

  std::vector<std::int16_t> weights_;  // [channels, taps]
  std::vector<std::int32_t> bias_, multipliers_;
  std::int64_t channels_, taps_, depth_;
};

class Stream {
 public:
  void push(std::uint32_t word) { words_.push_back(static_cast<std::int32_t>(word)); }
  void set(std::size_t at, std::uint32_t word) { words_[at] = static_cast<std::int32_t>(word); }
  std::size_t size() const { return words_.size(); }
  void push_bias(const PairedLayer& layer, std::int64_t first, std::int64_t group) {
    for (std::int64_t c = first; c < first + group; c += 2)
      push(256 * layer.bias(c + 1) + layer.bias(c)), push(layer.bias(c));
  }
  void push_multipliers(const PairedLayer& layer, std::int64_t first, std::int64_t group) {
    for (std::int64_t c = first; c < first + group; ++c) push(layer.multiplier(c));
  }
  Tensor table() const { return Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(words_.size())}, words_); }

 private:
  std::vector<std::int32_t> words_;
};

// The steps at which a group of four channels has weights.
std::vector<std::int64_t> steps_of(const PairedLayer& layer, std::int64_t first) {
  std::vector<std::int64_t> steps;
  for (std::int64_t step = 0; step < layer.steps(); ++step)
    if (layer.word(first, step) != 0 || layer.word(first + 2, step) != 0) steps.push_back(step);
  return steps;
}

// A byte holds 8 times the steps between two blocks: what is further apart gets blocks of zeros between.
constexpr std::int64_t furthest = 31;

std::vector<std::int64_t> with_stops(const std::vector<std::int64_t>& steps) {
  std::vector<std::int64_t> result;
  std::int64_t at = 0;
  for (const std::int64_t step : steps) {
    while (step - at > furthest) result.push_back(at += furthest);
    result.push_back(at = step);
  }
  return result;
}

// One group of sparse_tile_s8.h.
void push_sparse_group(Stream& stream, const PairedLayer& layer, std::int64_t first, const std::vector<std::int64_t>& steps) {
  constexpr std::size_t chunk = 16;
  const std::size_t late = steps.empty() ? chunk : (chunk - steps.size() % chunk) % chunk;
  const std::size_t missing = steps.empty() ? 140 : late / 4 * 36 + late % 4 * 8;
  // The deltas of the four blocks from `from` on, counted with the late ones.
  const auto deltas = [&](std::size_t from) {
    std::uint32_t word = 0;
    for (std::size_t i = std::max(from, late); i < from + 4 && i < late + steps.size(); ++i) {
      const std::int64_t delta = steps[i - late] - (i > late ? steps[i - late - 1] : 0);
      word |= static_cast<std::uint32_t>(8 * delta) << 8 * (i % 4);
    }
    return word;
  };
  stream.push(static_cast<std::uint32_t>(late + 65536 * missing));
  stream.push(deltas(late / 4 * 4));
  stream.push_bias(layer, first, 4);
  for (std::size_t i = late; i < late + steps.size(); ++i) {
    stream.push(layer.word(first, steps[i - late]));
    stream.push(layer.word(first + 2, steps[i - late]));
    if (i % 4 == 3) stream.push(deltas(i + 1));
  }
  if (steps.empty()) stream.push(0);
  stream.push_multipliers(layer, first, 4);
}

// Measured: a step of all weights, a stored block, the rest of a group.
constexpr double dense_step = 15.5, sparse_block = 17.6, per_group = 75, sparse_per_group = 80;

}  // namespace

std::int64_t strip_of(std::int64_t depth) { return std::clamp<std::int64_t>(512 / (4 * depth), 1, 8); }

std::optional<WeightStream> pack_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                         std::int64_t group) {
  const auto layer = PairedLayer::make(node, weights, channels);
  if (!layer) return std::nullopt;
  Stream stream;
  double cycles = 0;
  for (std::int64_t first = 0; first < channels; first += group) {
    stream.push_bias(*layer, first, group);
    for (std::int64_t step = 0; step < layer->steps(); ++step)
      for (std::int64_t c = first; c < first + group; c += 2) stream.push(layer->word(c, step));
    stream.push_multipliers(*layer, first, group);
    cycles += static_cast<double>(group) / 4 * (per_group + dense_step * static_cast<double>(layer->steps()));
  }
  return WeightStream{"packed", stream.table(), cycles, "byte-pair weights"};
}

std::optional<WeightStream> pack_sparse_weights(const NodeView& node, std::span<const std::int8_t> weights,
                                                std::int64_t channels) {
  const auto layer = PairedLayer::make(node, weights, channels);
  if (!layer) return std::nullopt;
  Stream stream;
  stream.push(0), stream.push(0);
  std::size_t full = 0, blocks = 0;
  for (std::int64_t first = 0; first < channels; first += 4) {
    const std::vector<std::int64_t> steps = with_stops(steps_of(*layer, first));
    push_sparse_group(stream, *layer, first, steps);
    blocks += steps.size();
    if (first + 4 <= channels) full = stream.size() - 2;
  }
  stream.set(0, static_cast<std::uint32_t>(full));
  stream.set(1, static_cast<std::uint32_t>(stream.size() - 2));
  const std::int64_t groups = (channels + 3) / 4;
  const double cycles = sparse_per_group * static_cast<double>(groups) + sparse_block * static_cast<double>(blocks);
  return WeightStream{"sparse", stream.table(), cycles,
                      "byte-pair weights, " + std::to_string(blocks) + " of " + std::to_string(groups * layer->steps()) +
                          " blocks of 4x2"};
}

std::optional<WeightStream> pack_fastest(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels) {
  auto dense = pack_weights(node, weights, channels, 4), sparse = pack_sparse_weights(node, weights, channels);
  return sparse && sparse->cycles < dense->cycles ? std::move(sparse) : std::move(dense);
}

}  // namespace tinyc::ops
