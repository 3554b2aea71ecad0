// Kernels of conv2d for cores without SMLAD: three pixels share two words.

#include <algorithm>
#include <utility>

#include "lib/ops/conv2d.h"
#include "lib/ops/triple_weights.h"

namespace tinyc::ops {
namespace {

// 3x3, stride 1 or 2, at most one row and column of padding on each side: each value is loaded once for its outputs of a line.
std::optional<KernelCall> depthwise_3x3(const NodeView& node, const Conv2dSizes& s) {
  const std::int64_t stride = s.window[0].stride;
  const std::int64_t in[2] = {s.height, s.width}, out[2] = {s.out_height, s.out_width};
  if (stride > 2) return std::nullopt;
  for (int i = 0; i < 2; ++i) {
    const WindowAxis& axis = s.window[static_cast<std::size_t>(i)];
    if (axis.kernel != 3 || axis.stride != stride || axis.dilation != 1 || axis.pad_before > 1 ||
        axis.start(out[i] - 1) + 3 > in[i] + 1 || (stride == 1 && i == 1 && axis.pad_before == 0))
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

// The axes with the longer one last: a 1-D convolution is a row.
Conv2dSizes as_row(Conv2dSizes s) {
  if (s.width != 1 || s.out_width != 1 || s.window[1].kernel != 1) return s;
  std::swap(s.height, s.width);
  std::swap(s.out_height, s.out_width);
  std::swap(s.window[0], s.window[1]);
  return s;
}

// Any window without gaps: three outputs of a row share two words. Nothing when there are fewer, or their sums might not fit.
std::optional<KernelCall> depthwise_rows(const NodeView& node, const Conv2dSizes& sizes) {
  constexpr std::int64_t unrolled = 8;  // taps
  const Conv2dSizes s = as_row(sizes);
  const auto& [y, x] = s.window;
  const std::vector<Requantizer> requantizers = channel_requantizers(node, s.outputs);
  if (s.out_width < 3 || y.dilation != 1 || x.dilation != 1 || requantizers.front().left_shift != 0) return std::nullopt;
  const Tensor bias = folded_bias(node, s.outputs);
  const auto weights = node.constant(1)->data<std::int8_t>();
  const std::int64_t parts = (x.kernel + unrolled - 1) / unrolled, part = (x.kernel + parts - 1) / parts;
  Tensor padded(DType::i8, Shape{s.outputs, y.kernel, parts * part}), multipliers(DType::i32, Shape{s.outputs});
  const auto taps = static_cast<std::size_t>(s.taps()), row = static_cast<std::size_t>(x.kernel);
  auto to = padded.mutable_data<std::int8_t>().begin();
  for (std::size_t c = 0; c < requantizers.size(); ++c) {
    const auto filter = weights.subspan(c * taps, taps);
    if (!triple_sums_fit(filter, bias.data<std::int32_t>()[c])) return std::nullopt;
    for (std::size_t at = 0; at < taps; at += row, to += parts * part) std::copy_n(filter.begin() + static_cast<std::ptrdiff_t>(at), row, to);
    multipliers.mutable_data<std::int32_t>()[c] = static_cast<std::int32_t>(split_multiplier(requantizers[c].multiplier));
  }
  const std::int64_t columns = 3 * x.stride * ((s.out_width + 2) / 3 - 1) + parts * part;
  KernelCall call{.kernel = "tinyc_depthwise_conv2d_triple_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "one filter per channel, three outputs in two words";
  const StoredClamp clamp = stored_clamp(node);
  call.params = {{"in_height", s.height}, {"in_width", s.width}, {"out_height", s.out_height}, {"out_width", s.out_width},
                 {"channels", s.channels}, {"kernel_height", y.kernel}, {"kernel_width", x.kernel},
                 {"stride_y", y.stride}, {"stride_x", x.stride}, {"pad_top", y.pad_before}, {"pad_left", x.pad_before},
                 {"in_zero_point", node.operand(0).quantization->zero_point.front()},
                 {"parts", parts}, {"part", part}, {"columns", columns},
                 {"weights", Table{std::move(padded)}}, {"bias", Table{bias}}, {"multiplier", Table{std::move(multipliers)}},
                 {"zero_point", node.result().quantization->zero_point.front()},
                 {"clamp_low", clamp.low}, {"clamp_high", clamp.high}};
  call.scratch = Bytes(8 * columns * y.kernel + 4 * y.kernel * parts * (part + 1) + columns + 2 * x.stride);
  if (s.height == 1 && s.out_height == 1) call.in_place_input = 0;  // a channel is read before it is written
  return call;
}

constexpr std::int64_t few_inputs = 64;  // of a window: a list of where they lie is small

}  // namespace

std::optional<KernelCall> conv2d_thumb(const NodeView& node, const Conv2dSizes& s) {
  if (s.depthwise()) {
    auto call = depthwise_3x3(node, s);
    return call ? call : depthwise_rows(node, s);
  }
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
