// Kernels of conv2d for cores without SMLAD: three pixels share two words.

#include <algorithm>

#include "lib/ops/conv2d.h"
#include "lib/ops/triple_weights.h"

namespace tinyc::ops {
namespace {

// 3x3, stride 1 or 2, at most one row and column of padding on each side: each value is loaded once for its outputs of a line.
std::optional<KernelCall> depthwise_3x3(const NodeView& node, const Conv2dSizes& s) {
  const std::int64_t stride = s.window[0].stride;
  const std::int64_t in[2] = {s.height, s.width}, out[2] = {s.out_height, s.out_width};
  if (!s.depthwise() || stride > 2) return std::nullopt;
  for (int i = 0; i < 2; ++i) {
    const WindowAxis& axis = s.window[static_cast<std::size_t>(i)];
    if (axis.kernel != 3 || axis.stride != stride || axis.dilation != 1 || axis.pad_before > 1 ||
        axis.start(out[i] - 1) + 3 > in[i] + 1 || (stride == 1 && axis.pad_before == 0))
      return std::nullopt;
  }
  KernelCall call = conv2d_depthwise(node, s, folded_bias(node, s.outputs));
  if (stride == 1) {
    call.kernel = "tinyc_depthwise_conv2d_3x3_walk_s8";
    call.reason = "3x3, stride 1: a channel at a time, along a line";
    call.scratch = Bytes(std::max(s.width, s.height));
    if (s.out_height == s.height && s.out_width == s.width) call.in_place_input = 0;
  } else {
    call.kernel = "tinyc_depthwise_conv2d_3x3_walk_stride2_s8";
    call.reason = "3x3, stride 2: a channel at a time, along a row";
    call.in_place_input = 0;
  }
  return call;
}

constexpr std::int64_t few_inputs = 64;  // of a window: a table of where they lie is small

}  // namespace

std::optional<KernelCall> conv2d_thumb(const NodeView& node, const Conv2dSizes& s) {
  if (s.depthwise()) return depthwise_3x3(node, s);
  if (s.groups != 1) return std::nullopt;
  auto weights = triple_weights(node, node.constant(1)->data<std::int8_t>(), s.outputs);
  if (!weights) return std::nullopt;
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.in_place_input = 0;
  if (s.pointwise()) {
    call.kernel = "tinyc_conv2d_1x1_triple_s8";
    call.reason = "1x1, three pixels in two words";
    call.params = {{"pixels", s.height * s.width}, {"in_channels", s.channels}, {"out_channels", s.outputs}};
    call.scratch = weights->patch();
    append_triples(node, std::move(*weights), call.params);
    return call;
  }
  const InputSteps steps{.row = s.width * s.channels, .column = s.channels, .channel = 1};
  call.lead = lead_of_triples(s.window, s.out_height, s.out_width, s.outputs, steps);
  if (s.taps() * s.channels <= few_inputs && s.window[0].extent() <= 127 && s.window[1].extent() <= 127) {
    call.kernel = "tinyc_conv2d_offset_triple_s8";
    call.reason = "few inputs, three pixels in two words";
    std::vector<Tap> taps;
    for (std::int64_t y = 0; y < s.window[0].kernel; ++y)
      for (std::int64_t x = 0; x < s.window[1].kernel; ++x)
        for (std::int64_t c = 0; c < s.channels; ++c) taps.push_back({y * s.window[0].dilation, x * s.window[1].dilation, c});
    append_offsets(node, s.window, {s.height, s.width}, std::move(*weights), taps, steps, call);
  } else {
    call.kernel = "tinyc_conv2d_triple_s8";
    call.reason = "three pixels in two words";
    call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                   {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs}};
    append_conv2d_window(node, s, call.params);
    call.scratch = Bytes(weights->patch().count + s.channels);
    append_triples(node, std::move(*weights), call.params);
  }
  return call;
}

}  // namespace tinyc::ops
