#include "lib/ops/encoded_weights.h"

#include <algorithm>

#include "lib/support/check.h"

namespace tinyc::ops {
namespace {

// As in lib/runtime/decode_weights_s8.h.
enum class Encoding : std::int8_t { nibbles = 0, bitmap = 1, bitmap_of_nibbles = 2 };

std::string_view describe(Encoding encoding) {
  switch (encoding) {
    case Encoding::nibbles: return "4-bit weights";
    case Encoding::bitmap: return "the weights that are not zero";
    case Encoding::bitmap_of_nibbles: return "the 4-bit weights that are not zero";
  }
  return {};
}

class Writer {
 public:
  explicit Writer(std::vector<std::int8_t>& bytes) : bytes_(bytes) {}
  void byte(int value) { bytes_.push_back(static_cast<std::int8_t>(value)); }
  void nibble(std::int8_t value) {
    const int bits = value & 15;
    if (half_) bytes_.back() = static_cast<std::int8_t>(bytes_.back() | bits << 4);
    else byte(bits);
    half_ = !half_;
  }

 private:
  std::vector<std::int8_t>& bytes_;
  bool half_ = false;
};

void append_channel(std::span<const std::int8_t> weights, Encoding encoding, std::vector<std::int8_t>& bytes) {
  if (encoding != Encoding::nibbles)
    for (std::size_t k = 0; k < weights.size(); k += 8) {
      int bits = 0;
      for (std::size_t i = 0; i < 8 && k + i < weights.size(); ++i) bits |= (weights[k + i] != 0) << i;
      bytes.push_back(static_cast<std::int8_t>(bits));
    }
  Writer writer(bytes);
  for (const std::int8_t w : weights) {
    if (encoding != Encoding::nibbles && w == 0) continue;
    if (encoding == Encoding::bitmap) writer.byte(w);
    else writer.nibble(w);
  }
}

}  // namespace

std::optional<EncodedWeights> encode_weights(std::span<const std::int8_t> weights, std::int64_t channels) {
  if (weights.empty()) return std::nullopt;
  const std::size_t depth = weights.size() / static_cast<std::size_t>(channels);
  const bool small = std::ranges::all_of(weights, [](std::int8_t w) { return w >= -8 && w <= 7; });
  // About half a kilobyte of decoded weights, of two to eight channels.
  const std::int64_t at_a_time = std::clamp<std::int64_t>(512 / static_cast<std::int64_t>(depth) / 2 * 2, 2, 8);
  std::optional<std::vector<std::int8_t>> best;
  Encoding kind = Encoding::bitmap;
  for (const Encoding encoding : {Encoding::nibbles, Encoding::bitmap, Encoding::bitmap_of_nibbles}) {
    if (!small && encoding != Encoding::bitmap) continue;
    std::vector<std::int8_t> bytes{static_cast<std::int8_t>(encoding), static_cast<std::int8_t>(at_a_time)};
    for (std::size_t first = 0; first < weights.size(); first += depth) append_channel(weights.subspan(first, depth), encoding, bytes);
    if (best && bytes.size() >= best->size()) continue;
    best = std::move(bytes);
    kind = encoding;
  }
  if (8 * best->size() > 7 * weights.size()) return std::nullopt;
  EncodedWeights result;
  result.reason = std::string(describe(kind)) + ", decoded " + std::to_string(std::min(at_a_time, channels)) + " channels at a time";
  result.decoded = Bytes(at_a_time * static_cast<std::int64_t>(depth));
  result.table = Tensor::of<std::int8_t>(Shape{static_cast<std::int64_t>(best->size())}, *best);
  return result;
}

KernelCall encoded(KernelCall plain, std::span<const std::int8_t> weights, std::int64_t channels) {
  auto fewer = encode_weights(weights, channels);
  if (!fewer) return plain;
  const auto table = std::ranges::find(plain.params, "weights", &KernelParam::name);
  TINYC_CHECK(table != plain.params.end() && plain.kernel.ends_with("_s8"), "a plain kernel with weights");
  table->value = Table{std::move(fewer->table)};
  plain.kernel.insert(plain.kernel.size() - 3, "_decoded");
  plain.scratch += fewer->decoded;
  plain.reason += ", " + fewer->reason;
  return plain;
}

}  // namespace tinyc::ops
