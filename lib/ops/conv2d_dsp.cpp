// Kernels of conv2d for cores with SMLAD.

#include <algorithm>
#include <utility>

#include "lib/ops/conv2d.h"
#include "lib/ops/dense.h"
#include "lib/ops/packed_weights.h"

namespace tinyc::ops {
namespace {

// Whole strips of pixels are gathered before they are written.
KernelCall packed_call(const NodeView& node, const Conv2dSizes& s, WeightStream stream, Objective objective) {
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  const std::int64_t depth = (s.taps() * s.group_channels + 3) / 4 * 4, strip = strip_of(depth, objective);
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

// All blocks of weights or those that are not zero, whichever the target's cost model says is faster, and its cycles; by rules of
// thumb where there is no model, or other than time counts.
std::optional<std::pair<KernelCall, double>> packed(const NodeView& node, const Conv2dSizes& s, const CoreFeatures& features) {
  const auto weights = node.constant(1)->data<std::int8_t>();
  const bool by_time = features.objective == Objective::time || features.objective == Objective::balanced;
  std::vector<WeightStream> streams;
  if (features.cost && by_time) {
    if (auto dense = pack_weights(node, weights, s.outputs, 4, features.objective)) streams.push_back(std::move(*dense));
    if (auto sparse = pack_sparse_weights(node, weights, s.outputs)) streams.push_back(std::move(*sparse));
  } else if (auto best = pack_best(node, weights, s.outputs, features.objective)) {
    streams.push_back(std::move(*best));
  }
  const std::int64_t pairs = s.out_height * ((s.out_width + 1) / 2);
  const double gather = 4 * static_cast<double>(s.taps() * s.group_channels);
  std::optional<std::pair<KernelCall, double>> best;
  for (WeightStream& stream : streams) {
    const double by_rule = static_cast<double>(pairs) * (stream.cycles + gather);
    KernelCall call = packed_call(node, s, std::move(stream), features.objective);
    const double cycles = features.cost ? features.cost->cycles(call).value_or(by_rule) : by_rule;
    if (!best || cycles < best->second) best = {std::move(call), cycles};
  }
  return best;
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
  if (s.groups != 1) return std::nullopt;
  auto direct = packed(node, s, features);
  if (!direct) return std::nullopt;
  if (direct->first.kernel == "tinyc_conv2d_packed_s8")  // weights that were made small are not blown up
    if (auto call = conv2d_winograd(node, s, direct->second, features)) return call;
  return std::move(direct->first);
}

}  // namespace tinyc::ops
