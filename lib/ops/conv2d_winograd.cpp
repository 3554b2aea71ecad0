// Winograd's F(2x2, 3x3) of conv2d for cores with SMLAD: lib/runtime/conv2d_winograd_s8.h defines it.

#include <algorithm>
#include <array>

#include "lib/ops/conv2d.h"
#include "lib/ops/dense.h"

namespace tinyc::ops {
namespace {

constexpr std::int64_t most_channels = 256;  // 9 * 512 * 1152 * 256 < 2^31: sums of four times the products

// (2G) g (2G)' of one filter g[3][3], four times its transform.
std::array<std::int32_t, 16> transformed(const std::array<std::int32_t, 9>& g) {
  constexpr std::int32_t twice_g[4][3] = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}};
  std::array<std::int32_t, 16> result{};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t y = 0; y < 3; ++y)
        for (std::size_t x = 0; x < 3; ++x) result[4 * i + j] += twice_g[i][y] * g[3 * y + x] * twice_g[j][x];
  return result;
}

// For each four output channels, place and pair of input channels (0, 2), (1, 3), (4, 6), ..., a word of each output channel.
Tensor stream_of(const Conv2dSizes& s, std::span<const std::int8_t> weights) {
  std::vector<std::array<std::int32_t, 16>> filters(static_cast<std::size_t>(s.outputs * s.channels));
  for (std::int64_t o = 0; o < s.outputs; ++o)
    for (std::int64_t c = 0; c < s.channels; ++c) {
      std::array<std::int32_t, 9> g;
      for (std::int64_t tap = 0; tap < 9; ++tap)
        g[static_cast<std::size_t>(tap)] = weights[static_cast<std::size_t>((o * 9 + tap) * s.channels + c)];
      filters[static_cast<std::size_t>(o * s.channels + c)] = transformed(g);
    }
  std::vector<std::int32_t> stream;
  stream.reserve(static_cast<std::size_t>(8 * s.outputs * s.channels));
  for (std::int64_t first = 0; first < s.outputs; first += 4)
    for (std::size_t place = 0; place < 16; ++place)
      for (std::int64_t pair = 0; pair < s.channels / 2; ++pair)
        for (std::int64_t o = first; o < first + 4; ++o) {
          const auto low = static_cast<std::size_t>(o * s.channels + pair / 2 * 4 + pair % 2);
          stream.push_back(static_cast<std::int32_t>((static_cast<std::uint32_t>(filters[low][place]) & 0xffffu) |
                                                     static_cast<std::uint32_t>(filters[low + 2][place]) << 16));
        }
  return Tensor::of<std::int32_t>(Shape{static_cast<std::int64_t>(stream.size())}, stream);
}

// How many bytes before its input the output has to begin: two rows by four columns are written after the last reading of
// what lies there.
std::int64_t lead_of(const Conv2dSizes& s) {
  std::int64_t lead = 0;
  for (std::int64_t y = 0; y < s.out_height; y += 2)
    for (std::int64_t x = 0; x < s.out_width; x += 4) {
      const bool last = x + 4 >= s.out_width;
      const std::int64_t row = std::max<std::int64_t>(0, s.window[0].start(last ? y + 2 : y));
      const std::int64_t column = last ? 0 : std::max<std::int64_t>(0, s.window[1].start(x + 4));
      const std::int64_t unread = (row * s.width + column) * s.channels;
      const std::int64_t written = (std::min(y + 1, s.out_height - 1) * s.out_width + std::min(x + 4, s.out_width)) * s.outputs;
      lead = std::max(lead, written - unread);
    }
  return lead;
}

// Measured on a Cortex-M4: two tiles side by side.
double cycles_of_two_tiles(const Conv2dSizes& s) {
  const auto channels = static_cast<double>(s.channels), outputs = static_cast<double>(s.outputs);
  return 330 + 110 * channels + outputs * (4 * (32 + 8 * channels) + 2 * 85);
}

}  // namespace

std::optional<KernelCall> conv2d_winograd(const NodeView& node, const Conv2dSizes& s, double direct_cycles,
                                          const CoreFeatures& features) {
  for (const WindowAxis& axis : s.window)
    if (axis.kernel != 3 || axis.stride != 1 || axis.dilation != 1) return std::nullopt;
  if (s.groups != 1 || s.channels % 4 != 0 || s.channels > most_channels || s.outputs % 4 != 0 ||
      channel_requantizers(node, s.outputs).front().left_shift != 0 || features.objective == Objective::size ||
      features.objective == Objective::ram)
    return std::nullopt;
  KernelCall call{.kernel = "tinyc_conv2d_winograd_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "Winograd F(2x2, 3x3): 16 products in place of 36";
  call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                 {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs},
                 {"pad_top", s.window[0].pad_before}, {"pad_left", s.window[1].pad_before},
                 {"in_zero_point", node.operand(0).quantization->zero_point.front()},
                 {"weights", Table{stream_of(s, node.constant(1)->data<std::int8_t>())}},
                 {"bias", Table{folded_bias(node, s.outputs)}}};
  append_requantization(node, s.outputs, call.params);
  std::erase_if(call.params, [](const KernelParam& param) { return param.name == "left_shift"; });
  call.scratch = Bytes((65 * s.channels + 512 + 3) / 4 * 4);
  call.in_place_input = 0;
  call.lead = lead_of(s);

  const double tiles = static_cast<double>((s.out_height + 1) / 2 * ((s.out_width + 3) / 4));
  const double by_rule = tiles * cycles_of_two_tiles(s);
  const double saved = direct_cycles - (features.cost ? features.cost->cycles(call).value_or(by_rule) : by_rule);
  const std::int64_t more_flash = (32 - 9) * s.outputs * s.channels;
  constexpr double cycles_per_byte = 100;  // what a byte of flash has to save when flash counts, too
  if (saved < 0.1 * direct_cycles) return std::nullopt;
  if (features.objective != Objective::time && saved < cycles_per_byte * static_cast<double>(more_flash)) return std::nullopt;
  return call;
}

}  // namespace tinyc::ops
