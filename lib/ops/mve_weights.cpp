#include "lib/ops/mve_weights.h"

#include <algorithm>

namespace tinyc::ops {
namespace {

constexpr std::int64_t most_channels = 0x7ff0;  // kernels address them by 16 bits

// What all streams are made of.
class Stream {
 public:
  Stream(const NodeView& node, std::int64_t channels)
      : bias_(folded_bias(node, channels)), requantizers_(channel_requantizers(node, channels)) {}

  bool shifts_left() const { return requantizers_.front().left_shift != 0; }
  void word(std::uint32_t value) { words_.push_back(static_cast<std::int32_t>(value)); }
  void bias(std::int64_t c) { words_.push_back(bias_.data<std::int32_t>()[static_cast<std::size_t>(c)]); }
  void multiplier(std::int64_t c) { words_.push_back(requantizers_[static_cast<std::size_t>(c)].multiplier); }
  // Four bytes, the first lowest.
  template <class ByteAt>
  void bytes(ByteAt at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(at(i))) << (8 * i);
    word(value);
  }
  Tensor take() { return Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(words_.size())}, words_); }

 private:
  Tensor bias_;
  std::vector<Requantizer> requantizers_;
  std::vector<std::int32_t> words_;
};

}  // namespace

std::optional<Tensor> mve_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                  std::int64_t group) {
  Stream stream(node, channels);
  if (stream.shifts_left() || channels > most_channels) return std::nullopt;
  const std::int64_t depth = static_cast<std::int64_t>(weights.size()) / channels;
  const auto weight = [&](std::int64_t c, std::int64_t k) {
    return k < depth ? weights[static_cast<std::size_t>(c * depth + k)] : std::int8_t{0};
  };
  for (std::int64_t i = 0; i < channels; i += group) {
    const std::int64_t first = std::clamp<std::int64_t>(channels - group, 0, i);
    const auto channel = [&](std::int64_t c) { return std::min(first + c, channels - 1); };
    for (std::int64_t c = 0; c < group; ++c) stream.bias(channel(c));
    for (std::int64_t k = 0; k < depth; k += 16)
      for (std::int64_t c = 0; c < group; ++c)
        for (std::int64_t at = k; at < k + 16; at += 4)
          stream.bytes([&](std::int64_t b) { return weight(channel(c), at + b); });
    for (std::int64_t c = 0; c < group; ++c) stream.multiplier(channel(group == 8 ? c % 4 * 2 + c / 4 : c));
  }
  return stream.take();
}

std::optional<Tensor> mve_depthwise_weights(const NodeView& node, const Conv2dSizes& s, bool swap) {
  Stream stream(node, s.outputs);
  if (stream.shifts_left()) return std::nullopt;
  const auto weights = node.constant(1)->data<std::int8_t>();
  for (std::int64_t c = 0; c < s.outputs; ++c) {
    for (std::int64_t column = 0; column < 3; ++column)
      stream.bytes([&](std::int64_t row) {
        const std::int64_t tap = swap ? 3 * column + row : 3 * row + column;
        return row < 3 ? weights[static_cast<std::size_t>(9 * c + tap)] : std::int8_t{0};
      });
    stream.bias(c);
    stream.multiplier(c);
  }
  return stream.take();
}

}  // namespace tinyc::ops
