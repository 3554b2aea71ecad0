#include "lib/ops/packed_weights.h"

#include <algorithm>
#include <cstdlib>
#include <limits>


namespace tinyc::ops {
namespace {

constexpr std::int64_t lowest_input = -128, highest_input = 127;

// A layer whose channels share halfwords; beyond its channels and its depth are zeros.
class SharingLayer {
 public:
  static SharingLayer make(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels) {
    SharingLayer layer(weights, channels);
    const Tensor bias = folded_bias(node, channels);
    const auto from = bias.data<std::int32_t>();
    layer.bias_.assign(from.begin(), from.end());
    const std::vector<Requantizer> requantizers = channel_requantizers(node, channels);
    for (const Requantizer& by : requantizers) layer.multipliers_.push_back(by.multiplier);
    layer.left_shift_ = requantizers.front().left_shift;
    return layer;
  }

  std::int64_t channels() const { return channels_; }
  std::int64_t depth() const { return depth_; }  // a multiple of 4
  std::int64_t steps() const { return depth_ / 2; }
  int left_shift() const { return left_shift_; }

  std::uint32_t bias(std::int64_t c) const { return c < channels_ ? static_cast<std::uint32_t>(bias_[at(c)]) : 0; }
  std::uint32_t multiplier(std::int64_t c) const { return c < channels_ ? static_cast<std::uint32_t>(multipliers_[at(c)]) : 0; }

  // A step has two inputs: of every four, 0 and 2, or 1 and 3. The word of channels c and c + 1: 256 * second + first.
  std::uint32_t pair(std::int64_t c, std::int64_t step) const {
    return both(step, [&](std::int64_t k) { return 256 * weight(c + 1, k) + weight(c, k); });
  }
  // The word of channels c to c + 3 (nibble_tile_s8.h).
  std::uint32_t four(std::int64_t c, std::int64_t step) const {
    return both(step, [&](std::int64_t k) {
      return 4096 * weight(c + 3, k) + 256 * (weight(c + 2, k) + 8) + 16 * weight(c + 1, k) + weight(c, k) + 8;
    });
  }

  // Makes pair() work: whether the second channels' sums stay below 2^23, and every couple has a halfword. A weight of -128 above a
  // negative one has none; with the signs of its channel turned, the multiplier's, too, it is a 128 above a negative one, which has.
  bool make_pairs() {
    if (!fold_shift()) return false;
    for (std::int64_t c = 1; c < channels_; c += 2) {
      if (reach(c, 0) >= std::int64_t{1} << 23) return false;
      bool must = false, may = true;
      for (std::int64_t k = 0; k < taps_; ++k)
        if (weight(c, k) == -128) (weight(c - 1, k) < 0 ? must : may) = weight(c - 1, k) < 0;
      if (!must) continue;
      if (!may) return false;
      for (std::int64_t k = 0; k < taps_; ++k) weights_[at(c * taps_ + k)] = static_cast<std::int16_t>(-weight(c, k));
      bias_[at(c)] = -bias_[at(c)];
      multipliers_[at(c)] = -multipliers_[at(c)];
    }
    return true;
  }

  // Whether four() works: weights in [-7, 7], and sums within the bounds of nibble_tile_s8.h.
  bool are_nibbles() const {
    for (const std::int16_t w : weights_)
      if (w < -7 || w > 7) return false;
    for (std::int64_t c = 0; c < channels_; ++c) {
      constexpr int bits[] = {31, 27, 23, 19};
      if (reach(c, c % 4 == 2 ? 8 : 0) >= std::int64_t{1} << bits[c % 4]) return false;
    }
    return true;
  }

 private:
  // A left shift of the sums is one of the weights and the bias, where these stay in range: small weights have large scales.
  bool fold_shift() {
    const std::int64_t factor = std::int64_t{1} << left_shift_;
    const auto in_range = [&](std::int64_t value, std::int64_t most) { return value * factor <= most && value * factor >= -most; };
    if (!std::ranges::all_of(weights_, [&](std::int16_t w) { return in_range(w, left_shift_ == 0 ? 128 : 127); }) ||
        !std::ranges::all_of(bias_, [&](std::int32_t b) { return in_range(b, std::numeric_limits<std::int32_t>::max()); }))
      return false;
    for (std::int16_t& w : weights_) w = static_cast<std::int16_t>(w * factor);
    for (std::int32_t& b : bias_) b = static_cast<std::int32_t>(b * factor);
    left_shift_ = 0;
    return true;
  }

  SharingLayer(std::span<const std::int8_t> weights, std::int64_t channels)
      : weights_(weights.begin(), weights.end()), channels_(channels),
        taps_(static_cast<std::int64_t>(weights.size()) / channels), depth_((taps_ + 3) / 4 * 4) {}

  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
  std::int32_t weight(std::int64_t c, std::int64_t k) const {
    return c < channels_ && k < taps_ ? weights_[at(c * taps_ + k)] : 0;
  }
  template <class Halfword>
  static std::uint32_t both(std::int64_t step, Halfword of) {
    const std::int64_t k = step / 2 * 4 + step % 2;
    return (static_cast<std::uint32_t>(of(k)) & 0xffffu) | static_cast<std::uint32_t>(of(k + 2)) << 16;
  }
  // The largest |bias + sum of (w + offset) * x| of a channel.
  std::int64_t reach(std::int64_t c, std::int32_t offset) const {
    std::int64_t low = bias_[at(c)], high = low;
    for (std::int64_t k = 0; k < depth_; ++k) {
      const std::int64_t w = weight(c, k) + offset;
      low += w > 0 ? w * lowest_input : w * highest_input;
      high += w > 0 ? w * highest_input : w * lowest_input;
    }
    return std::max(std::abs(low), std::abs(high));
  }

  std::vector<std::int16_t> weights_;  // [channels, taps]
  std::vector<std::int32_t> bias_, multipliers_;
  std::int64_t channels_, taps_, depth_;
  int left_shift_ = 0;
};

class Stream {
 public:
  void push(std::uint32_t word) { words_.push_back(static_cast<std::int32_t>(word)); }
  void set(std::size_t at, std::uint32_t word) { words_[at] = static_cast<std::int32_t>(word); }
  std::size_t size() const { return words_.size(); }
  // 256 * second + first and first of every two channels.
  void push_bias(const SharingLayer& layer, std::int64_t first, std::int64_t group) {
    for (std::int64_t c = first; c < first + group; c += 2)
      push(256 * layer.bias(c + 1) + layer.bias(c)), push(layer.bias(c));
  }
  // The d, c, b, a of every four channels.
  void push_nibble_bias(const SharingLayer& layer, std::int64_t first, std::int64_t group) {
    for (std::int64_t c = first; c < first + group; c += 4) {
      std::uint32_t sum = 0;
      for (std::int64_t i = 0; i < 4; ++i) push(sum += layer.bias(c + i) << 4 * i);
    }
  }
  void push_multipliers(const SharingLayer& layer, std::int64_t first, std::int64_t group) {
    for (std::int64_t c = first; c < first + group; ++c) push(layer.multiplier(c));
  }
  Tensor table() const { return Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(words_.size())}, words_); }

 private:
  std::vector<std::int32_t> words_;
};

// The steps at which a group of four channels has weights.
std::vector<std::int64_t> steps_of(const SharingLayer& layer, std::int64_t first) {
  std::vector<std::int64_t> steps;
  for (std::int64_t step = 0; step < layer.steps(); ++step)
    if (layer.pair(first, step) != 0 || layer.pair(first + 2, step) != 0) steps.push_back(step);
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
void push_sparse_group(Stream& stream, const SharingLayer& layer, std::int64_t first, const std::vector<std::int64_t>& steps) {
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
    stream.push(layer.pair(first, steps[i - late]));
    stream.push(layer.pair(first + 2, steps[i - late]));
    if (i % 4 == 3) stream.push(deltas(i + 1));
  }
  if (steps.empty()) stream.push(0);
  stream.push_multipliers(layer, first, 4);
}

// Cycles measured for a group of four channels and a pair of pixels: a step of all weights, a stored block, the rest. Nibbles need the
// sums of the inputs besides.
constexpr double dense_step = 15.5, sparse_block = 17.6, per_group = 75, sparse_per_group = 80, nibble_per_group = 83,
                 nibble_sum = 30, nibble_sum_step = 5;
constexpr double worth_half_the_flash = 1.1;  // times the cycles of byte pairs, where time is the objective

double dense_cycles(const SharingLayer& layer, bool nibbles) {
  const auto groups = static_cast<double>((layer.channels() + 3) / 4), steps = static_cast<double>(layer.steps());
  const double cycles = groups * ((nibbles ? nibble_per_group : per_group) + dense_step * steps);
  return nibbles ? cycles + nibble_sum + nibble_sum_step * steps : cycles;
}

bool nibbles_pay(const SharingLayer& layer, std::int64_t group, Objective objective) {
  if (!layer.are_nibbles() || (layer.left_shift() != 0 && group == 4)) return false;
  return group == 8 || objective != Objective::time || dense_cycles(layer, true) <= worth_half_the_flash * dense_cycles(layer, false);
}

}  // namespace

std::int64_t strip_of(std::int64_t depth, Objective objective) {
  return objective == Objective::ram ? 1 : std::clamp<std::int64_t>(512 / (4 * depth), 1, 8);
}

std::optional<WeightStream> pack_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                         std::int64_t group, Objective objective) {
  SharingLayer layer = SharingLayer::make(node, weights, channels);
  const bool nibbles = nibbles_pay(layer, group, objective);
  if (!nibbles && !layer.make_pairs()) return std::nullopt;
  Stream stream;
  for (std::int64_t first = 0; first < channels; first += group) {
    if (nibbles) stream.push_nibble_bias(layer, first, group);
    else stream.push_bias(layer, first, group);
    for (std::int64_t step = 0; step < layer.steps(); ++step)
      for (std::int64_t c = first; c < first + group; c += nibbles ? 4 : 2)
        stream.push(nibbles ? layer.four(c, step) : layer.pair(c, step));
    stream.push_multipliers(layer, first, group);
  }
  return WeightStream{nibbles ? "nibble" : "packed", stream.table(), layer.left_shift(), dense_cycles(layer, nibbles),
                      nibbles ? "4-bit weights" : "byte-pair weights"};
}

std::optional<WeightStream> pack_sparse_weights(const NodeView& node, std::span<const std::int8_t> weights,
                                                std::int64_t channels) {
  SharingLayer layer = SharingLayer::make(node, weights, channels);
  if (!layer.make_pairs()) return std::nullopt;
  Stream stream;
  stream.push(0), stream.push(0);
  std::size_t full = 0, blocks = 0;
  for (std::int64_t first = 0; first < channels; first += 4) {
    const std::vector<std::int64_t> steps = with_stops(steps_of(layer, first));
    push_sparse_group(stream, layer, first, steps);
    blocks += steps.size();
    if (first + 4 <= channels) full = stream.size() - 2;
  }
  stream.set(0, static_cast<std::uint32_t>(full));
  stream.set(1, static_cast<std::uint32_t>(stream.size() - 2));
  const std::int64_t groups = (channels + 3) / 4;
  const double cycles = sparse_per_group * static_cast<double>(groups) + sparse_block * static_cast<double>(blocks);
  return WeightStream{"sparse", stream.table(), 0, cycles,
                      "byte-pair weights, " + std::to_string(blocks) + " of " + std::to_string(groups * layer.steps()) +
                          " blocks of 4x2"};
}

std::optional<WeightStream> pack_best(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                      Objective objective) {
  auto dense = pack_weights(node, weights, channels, 4, objective), sparse = pack_sparse_weights(node, weights, channels);
  if (!sparse || !dense) return sparse ? std::move(sparse) : std::move(dense);
  // Against nibbles, blocks of bytes have to be few.
  const std::int64_t quarters = objective == Objective::time ? 5 : 4;
  const bool small = 4 * sparse->table.elements() <= quarters * dense->table.elements();
  const bool skip = small && (objective == Objective::size || sparse->cycles < dense->cycles);
  return skip ? std::move(sparse) : std::move(dense);
}

}  // namespace tinyc::ops
