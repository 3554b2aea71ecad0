// Kernels of conv2d for cores with SMLAD.

#include <algorithm>
#include <limits>

#include "lib/ops/conv2d.h"
#include "lib/ops/dense.h"
#include "lib/ops/packed_weights.h"

namespace tinyc::ops {
namespace {

// Whole strips of pixels are gathered before they are written.
KernelCall packed_call(const NodeView& node, const Conv2dSizes& s, WeightStream stream) {
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const std::int64_t depth = (s.taps() * s.group_channels + 3) / 4 * 4, strip = strip_of(depth);
  if (s.pointwise() && s.channels % 4 == 0) {
    call.kernel = "tinyc_conv2d_1x1_" + stream.kind + "_s8";
    call.reason = "1x1, " + stream.reason + ", two pixels at a time";
    call.params = {{"pixels", s.height * s.width}, {"in_channels", s.channels}, {"out_channels", s.outputs}};
    call.scratch = Bytes(4 * depth * strip);
  } else {
    call.kernel = "tinyc_conv2d_" + stream.kind + "_s8";
    call.reason = stream.reason + ", two pixels at a time";
    call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                   {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs}};
    append_conv2d_window(node, s, call.params);
    call.scratch = Bytes(4 * depth * strip + 2 * depth);
    call.lead = lead_of_rows(s.window[0], s.out_height, s.out_width * s.outputs, s.width * s.channels);
  }
  call.in_place_input = 0;
  const StoredClamp clamp = stored_clamp(node);
  call.params.insert(call.params.end(), {{"weights", Table{std::move(stream.table)}},
                                         {"zero_point", node.result().quantization->zero_point.front()},
                                         {"clamp_low", clamp.low}, {"clamp_high", clamp.high}, {"strip", strip}});
  return call;
}

// What Winograd's kernel has to save for the flash it takes.
constexpr double worth_the_flash = 0.9;

// The fastest kernel by the cost model of the target; nothing when that does not know all of them.
std::optional<KernelCall> fastest(const NodeView& node, const Conv2dSizes& s, const CoreFeatures& features) {
  if (!features.cost || features.objective != Objective::time) return std::nullopt;
  const auto weights = node.constant(1)->data<std::int8_t>();
  std::optional<KernelCall> best;
  double least = 0;
  const auto consider = [&](KernelCall call, double factor) {
    const auto cycles = features.cost->cycles(call);
    if (cycles && (!best || *cycles < least * factor)) {
      least = *cycles;
      best = std::move(call);
    }
    return cycles.has_value();
  };
  auto dense = pack_weights(node, weights, s.outputs, 4, features.objective);
  if (dense && !consider(packed_call(node, s, std::move(*dense)), 1)) return std::nullopt;
  auto sparse = pack_sparse_weights(node, weights, s.outputs);
  if (sparse && !consider(packed_call(node, s, std::move(*sparse)), 1)) return std::nullopt;
  if (!best) return std::nullopt;
  auto winograd = conv2d_winograd(node, s, std::numeric_limits<double>::max(), features.objective);
  if (winograd && !consider(std::move(*winograd), worth_the_flash)) return std::nullopt;
  return best;
}

// By rules of thumb where there is no cost model, or other than time counts.
std::optional<KernelCall> packed(const NodeView& node, const Conv2dSizes& s, const CoreFeatures& features) {
  if (s.groups != 1) return std::nullopt;
  if (auto call = fastest(node, s, features)) return call;
  auto stream = pack_best(node, node.constant(1)->data<std::int8_t>(), s.outputs, features.objective);
  if (!stream) return std::nullopt;
  const std::int64_t pairs = s.out_height * ((s.out_width + 1) / 2);
  const double gather = 4 * static_cast<double>(s.taps() * s.group_channels);
  if (auto call = conv2d_winograd(node, s, static_cast<double>(pairs) * (stream->cycles + gather), features.objective)) return call;
  return packed_call(node, s, std::move(*stream));
}

// For cores with SMLAD: 3x3, stride 1 or 2, with a ring of gathered rows.
std::optional<KernelCall> depthwise_3x3(const NodeView& node, const Conv2dSizes& s) {
  const std::int64_t stride = s.window[0].stride;
  for (const WindowAxis& axis : s.window)
    if (axis.kernel != 3 || axis.stride != stride || axis.dilation != 1 || axis.pad_before > 1) return std::nullopt;
  if (stride > 2 || !s.depthwise() || s.channels % 4 != 0 || channel_requantizers(node, s.outputs).front().left_shift != 0)
    return std::nullopt;
  KernelCall call = conv2d_depthwise(node, s, folded_bias(node, s.outputs));
  const std::int64_t longer = std::max(s.out_width, s.out_height);
  if (stride == 1) {
    call.kernel = "tinyc_depthwise_conv2d_3x3_s8";
    call.reason = "3x3, stride 1: four channels, two by two outputs at a time";
    call.scratch = Bytes(64 * ((longer + 3) / 2) + 128);
    if (s.out_height == s.height && s.out_width == s.width) call.in_place_input = 0;
  } else {
    call.kernel = "tinyc_depthwise_conv2d_3x3_stride2_s8";
    call.reason = "3x3, stride 2: four channels, a row of outputs at a time";
    call.scratch = Bytes(64 * (longer + 1) + 112);
    if (s.out_height <= s.out_width && s.out_width <= s.width && s.out_height <= s.height) call.in_place_input = 0;
  }
  return call;
}

}  // namespace

std::optional<KernelCall> conv2d_dsp(const NodeView& node, const Conv2dSizes& s, const CoreFeatures& features) {
  if (auto call = depthwise_3x3(node, s)) return call;
  return packed(node, s, features);
}

}  // namespace tinyc::ops
