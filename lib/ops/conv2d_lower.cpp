// What every core can run, and the choice.

#include "lib/ops/conv2d.h"
#include "lib/ops/checks.h"
#include "lib/ops/dense.h"
#include "lib/ops/encoded_weights.h"
#include "lib/ops/float_call.h"

namespace tinyc::ops {

bool Conv2dSizes::pointwise() const {
  const auto& [y, x] = window;
  return groups == 1 && taps() == 1 && y.stride == 1 && x.stride == 1 && y.pad_before == 0 && x.pad_before == 0 &&
         y.pad_after == 0 && x.pad_after == 0;
}

void append_conv2d_window(const Conv2dSizes& s, std::vector<KernelParam>& params) {
  const auto& [y, x] = s.window;
  params.insert(params.end(), {{"kernel_height", y.kernel}, {"kernel_width", x.kernel},
                               {"stride_y", y.stride}, {"stride_x", x.stride},
                               {"dilation_y", y.dilation}, {"dilation_x", x.dilation},
                               {"pad_top", y.pad_before}, {"pad_left", x.pad_before}});
}

void append_conv2d_window(const NodeView& node, const Conv2dSizes& s, std::vector<KernelParam>& params) {
  append_conv2d_window(s, params);
  params.push_back({"in_zero_point", node.operand(0).quantization->zero_point.front()});
}

KernelCall conv2d_depthwise(const NodeView& node, const Conv2dSizes& s, Tensor bias) {
  KernelCall call{.kernel = "tinyc_depthwise_conv2d_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "one filter per channel";
  // [taps, channels]: neighbouring channels share a word.
  const auto transposed = transpose_depthwise(s, node.constant(1)->data<std::int8_t>());
  call.params = {{"in_height", s.height}, {"in_width", s.width}, {"out_height", s.out_height},
                 {"out_width", s.out_width}, {"channels", s.channels}};
  append_conv2d_window(node, s, call.params);
  call.params.insert(
      call.params.end(),
      {{"weights", Table{Tensor::of<std::int8_t>(Shape{s.window[0].kernel, s.window[1].kernel, s.outputs}, transposed)}},
       {"bias", Table{std::move(bias)}}});
  append_requantization(node, s.outputs, call.params);
  return call;
}

KernelCall conv2d_plain(const NodeView& node, const Conv2dSizes& s) {
  if (s.depthwise()) return conv2d_depthwise(node, s, plain_bias(node, s.outputs));
  KernelCall call{.inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  if (s.pointwise()) {
    call.kernel = "tinyc_conv2d_1x1_s8";
    call.reason = "1x1, stride 1";
    call.params = {{"pixels", s.height * s.width}, {"in_channels", s.channels}, {"out_channels", s.outputs},
                   {"weights", Table{*node.constant(1)}}};
  } else {
    call.kernel = "tinyc_conv2d_s8";
    call.reason = s.groups > 1 ? "grouped" : "general";
    call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                   {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs}};
    append_conv2d_window(node, s, call.params);
    call.params.insert(call.params.end(), {{"group_in_channels", s.group_channels}, {"group_out_channels", s.group_outputs()},
                                           {"weights", Table{*node.constant(1)}}});
    call.scratch = Bytes(2 * s.taps() * s.group_channels);
  }
  call.params.push_back({"bias", Table{folded_bias(node, s.outputs)}});
  append_requantization(node, s.outputs, call.params);
  return call;
}

namespace {

KernelCall fastest_conv2d(const NodeView& node, const Conv2dSizes& s, const CoreFeatures& features) {
  if (features.mve)
    if (auto call = conv2d_mve(node, s)) return std::move(*call);
  if (features.dsp)
    if (auto call = conv2d_dsp(node, s, features)) return std::move(*call);
  if (!features.dsp)
    if (auto call = conv2d_thumb(node, s)) return std::move(*call);
  return conv2d_plain(node, s);
}

}  // namespace

Result<std::vector<KernelCall>> lower_conv2d(const NodeView& node, const CoreFeatures& features) {
  const Conv2dSizes s = TINYC_TRY(conv2d_sizes(node));
  if (!node.constant(1)) return node.error("TC3012", "the weights are computed at run time", "make them constants");
  if (node.has(2) && !node.constant(2)) return node.error("TC3012", "the bias is computed at run time", "make it a constant");
  TINYC_TRY(check_sums(node, *node.constant(1), node.constant(2)));
  if (s.n != 1) return node.error("TC3012", "a batch of " + std::to_string(s.n) + " has no kernel", "use batch 1");
  if (features.objective != Objective::size) return std::vector<KernelCall>{fastest_conv2d(node, s, features)};
  KernelCall smallest = conv2d_plain(node, s);
  if (s.groups == 1 && !s.depthwise()) smallest = encoded(std::move(smallest), node.constant(1)->data<std::int8_t>(), s.outputs);
  return std::vector<KernelCall>{std::move(smallest)};
}

Result<std::vector<KernelCall>> lower_conv2d_float(const NodeView& node, const CoreFeatures&) {
  const Conv2dSizes s = TINYC_TRY(conv2d_sizes(node));
  TINYC_TRY(check_single_precision(node));
  KernelCall call = float_call(node, "tinyc_conv2d_f32");
  call.inputs.resize(3);
  if (s.pointwise()) {
    call.kernel = "tinyc_fully_connected_f32";
    call.reason = "1x1, stride 1";
    call.params = {{"rows", s.n * s.height * s.width}, {"inputs", s.channels}, {"outputs", s.outputs}};
  } else if (s.depthwise()) {
    call.kernel = "tinyc_depthwise_conv2d_f32";
    call.reason = "one filter per channel";
    call.params = {{"batches", s.n}, {"in_height", s.height}, {"in_width", s.width}, {"out_height", s.out_height},
                   {"out_width", s.out_width}, {"channels", s.channels}};
    append_conv2d_window(s, call.params);
  } else {
    call.reason = s.groups > 1 ? "grouped" : "general";
    call.params = {{"batches", s.n}, {"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                   {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs}};
    append_conv2d_window(s, call.params);
    call.params.insert(call.params.end(), {{"group_in_channels", s.group_channels}, {"group_out_channels", s.group_outputs()}});
    call.scratch = Bytes(static_cast<std::int64_t>(2 * sizeof(float)) * s.taps() * s.group_channels);
  }
  append_real_clamp(call, node.attributes);
  return std::vector<KernelCall>{std::move(call)};
}

}  // namespace tinyc::ops
