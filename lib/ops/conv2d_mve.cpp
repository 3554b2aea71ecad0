// Kernels of conv2d for cores with MVE.

#include <algorithm>

#include "lib/ops/conv2d.h"
#include "lib/ops/dense.h"
#include "lib/ops/mve_weights.h"

namespace tinyc::ops {
namespace {

void append_result(const NodeView& node, std::vector<KernelParam>& params) {
  const StoredClamp clamp = stored_clamp(node);
  params.insert(params.end(), {{"zero_point", node.result().quantization->zero_point.front()},
                               {"clamp_low", clamp.low}, {"clamp_high", clamp.high}});
}

constexpr std::int64_t shallow_strip = 16;  // pixels

std::optional<KernelCall> dense(const NodeView& node, const Conv2dSizes& s) {
  if (s.groups != 1) return std::nullopt;
  auto stream = mve_weights(node, node.constant(1)->data<std::int8_t>(), s.outputs, 4);
  if (!stream) return std::nullopt;
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const bool shallow = s.pointwise() && s.channels <= 16;
  if (shallow) {
    call.kernel = "tinyc_conv2d_1x1_shallow_mve_s8";
    call.reason = "1x1 of at most sixteen inputs, an instruction per output, weights in registers";
    call.params = {{"pixels", s.height * s.width}, {"in_channels", s.channels}, {"out_channels", s.outputs}};
  } else if (s.pointwise()) {
    call.kernel = "tinyc_conv2d_1x1_mve_s8";
    call.reason = "1x1, sixteen inputs per instruction, two pixels by four channels at a time";
    call.params = {{"pixels", s.height * s.width}, {"in_channels", s.channels}, {"out_channels", s.outputs}};
  } else {
    call.kernel = "tinyc_conv2d_mve_s8";
    call.reason = "sixteen inputs per instruction, two pixels by four channels at a time";
    call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                   {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs}};
    append_conv2d_window(node, s, call.params);
    call.lead = lead_of_rows(s.window[0], s.out_height, s.out_width * s.outputs, s.width * s.channels);
  }
  call.scratch = Bytes(2 * mve_depth(s.taps() * s.group_channels));
  call.in_place_input = 0;
  call.params.push_back({"weights", Table{std::move(*stream)}});
  append_result(node, call.params);
  if (shallow) {
    call.params.push_back({"strip", shallow_strip});
    call.scratch = Bytes(16 * shallow_strip);
  }
  return call;
}

// 3x3, stride 1 or 2, with a ring of gathered rows.
std::optional<KernelCall> depthwise_3x3(const NodeView& node, const Conv2dSizes& s) {
  const std::int64_t stride = s.window[0].stride;
  for (const WindowAxis& axis : s.window)
    if (axis.kernel != 3 || axis.stride != stride || axis.dilation != 1 || axis.pad_before > 1) return std::nullopt;
  const bool swap = s.out_height > s.out_width;
  const std::int64_t columns = swap ? s.out_height : s.out_width, ring_columns = stride * ((columns + 3) / 4 * 4) + 2;
  if (stride > 2 || !s.depthwise()) return std::nullopt;
  const std::int64_t c = s.channels, in_row = s.width * c, out_row = s.out_width * c;
  if (28 * ring_columns > 0xffff || 3 * c + out_row > 0xffff || c + 3 * out_row > 0xffff) return std::nullopt;  // 16-bit offsets
  auto stream = mve_depthwise_weights(node, s, swap);
  if (!stream) return std::nullopt;
  KernelCall call{.kernel = "tinyc_depthwise_conv2d_3x3_mve_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = stride == 1 ? "3x3, stride 1: an instruction per output, two by two outputs at a time"
                            : "3x3, stride 2: an instruction per output, four outputs at a time";
  call.params = {{"rows", swap ? s.out_width : s.out_height}, {"columns", columns},
                 {"in_rows", swap ? s.width : s.height}, {"in_columns", swap ? s.height : s.width},
                 {"channels", c}, {"stride", stride},
                 {"pad_rows", s.window[swap].pad_before}, {"pad_columns", s.window[!swap].pad_before},
                 {"in_row", swap ? c : in_row}, {"in_column", swap ? in_row : c},
                 {"out_row", swap ? c : out_row}, {"out_column", swap ? out_row : c},
                 {"in_zero_point", node.operand(0).quantization->zero_point.front()},
                 {"weights", Table{std::move(*stream)}}};
  append_result(node, call.params);
  call.scratch = Bytes(32 * ring_columns);
  const bool same = s.out_height == s.height && s.out_width == s.width;
  if (stride == 1 ? same : !swap && s.out_width <= s.width && s.out_height <= s.height) call.in_place_input = 0;
  return call;
}

// Rows of a window below so many bytes are gathered byte by byte.
constexpr std::int64_t long_row = 32;

}  // namespace

std::optional<KernelCall> conv2d_mve_gather(const NodeView& node, const Conv2dSizes& s, bool planar) {
  const auto& [y, x] = s.window;
  const bool small = s.height * s.width * s.channels <= 0xffff;  // offsets of 16 bits
  if (s.groups != 1 || y.dilation != 1 || x.dilation != 1 || !small) return std::nullopt;
  std::vector<std::int8_t> weights;  // [outputs, channel, tap]
  const auto from = node.constant(1)->data<std::int8_t>();
  for (std::int64_t o = 0; o < s.outputs; ++o)
    for (std::int64_t c = 0; c < s.channels; ++c)
      for (std::int64_t tap = 0; tap < s.taps(); ++tap)
        weights.push_back(from[static_cast<std::size_t>((o * s.taps() + tap) * s.channels + c)]);
  auto stream = mve_weights(node, weights, s.outputs, 4);
  if (!stream) return std::nullopt;
  KernelCall call{.kernel = "tinyc_conv2d_gather_mve_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "few channels, sixteen inputs per instruction, two pixels by four channels at a time";
  call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                 {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs},
                 {"planar", planar},
                 {"kernel_height", y.kernel}, {"kernel_width", x.kernel}, {"stride_y", y.stride}, {"stride_x", x.stride},
                 {"pad_top", y.pad_before}, {"pad_left", x.pad_before},
                 {"in_zero_point", node.operand(0).quantization->zero_point.front()}, {"weights", Table{std::move(*stream)}}};
  append_result(node, call.params);
  call.scratch = Bytes(8 * mve_depth(s.taps() * s.channels));
  call.in_place_input = 0;  // of planes, the others lie behind the first
  call.lead = lead_of_rows(y, s.out_height, s.out_width * s.outputs, s.width * (planar ? 1 : s.channels));
  return call;
}

std::optional<KernelCall> conv2d_mve(const NodeView& node, const Conv2dSizes& s) {
  if (auto call = depthwise_3x3(node, s)) return call;
  if (s.window[1].kernel * s.channels < long_row && s.taps() > 1)
    if (auto call = conv2d_mve_gather(node, s, false)) return call;
  return dense(node, s);
}

}  // namespace tinyc::ops
