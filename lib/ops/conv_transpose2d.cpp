#include "lib/ops/checks.h"
#include "lib/ops/dense.h"
#include "lib/ops/depth.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/layout.h"
#include "lib/ops/window.h"

namespace tinyc::ops {
namespace {

// x [n,height,width,channels], weights [outputs,kernel y,kernel x,group_channels]. Tap k of input position i adds to output
// position i * stride - pad_before + k * dilation.
struct Sizes {
  std::int64_t n, height, width, channels;
  std::int64_t outputs, group_channels, groups;
  std::int64_t out_height, out_width;
  Window2d window;
};

std::int64_t output_size(const WindowAxis& axis, std::int64_t input, std::int64_t output_padding) {
  return (input - 1) * axis.stride + axis.extent() - axis.pad_before - axis.pad_after + output_padding;
}

Result<Sizes> sizes_of(const NodeView& node) {
  const Shape& x = node.operand(0).shape;
  const Shape& w = node.operand(1).shape;
  if (x.rank() != 4 || w.rank() != 4)
    return node.error("TC4011", "conv_transpose2d takes an input and weights of rank 4");
  const std::int64_t groups = node.attributes.integer_or("groups", 1);
  if (groups < 1 || x[3] % groups != 0 || w[0] % groups != 0 || w[3] != x[3] / groups)
    return node.error("TC4011", "weights of shape " + w.to_string() + " do not fit " + std::to_string(x[3]) +
                                    " input channels in " + std::to_string(groups) + " groups");
  const Window2d window = TINYC_TRY(window_of(node, w[1], w[2]));
  const auto extra = node.attributes.integers_or("output_padding", {0, 0});
  if (extra.size() != 2 || extra[0] < 0 || extra[1] < 0) return node.error("TC4011", "output_padding needs two sizes");
  const std::int64_t out_height = output_size(window[0], x[1], extra[0]), out_width = output_size(window[1], x[2], extra[1]);
  if (out_height < 1 || out_width < 1) return node.error("TC4011", "the pads of the transposed convolution leave no output");
  return Sizes{x[0], x[1], x[2], x[3], w[0], w[3], groups, out_height, out_width, window};
}

Result<std::vector<Type>> infer(const NodeView& node) {
  if (!node.has(0) || !node.has(1) || node.operand_count() > 3)
    return node.error("TC4011", "conv_transpose2d takes an input, weights and an optional bias");
  const Sizes sizes = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_dense_types(node, sizes.outputs));
  return std::vector<Type>{{node.operand(0).dtype, Shape{sizes.n, sizes.out_height, sizes.out_width, sizes.outputs}}};
}

// The sum over all taps that reach output (oy, ox, o), without bias.
template <class T, class Acc>
Acc gather(const Sizes& s, const T* x, Acc zero_point, const T* weights, std::int64_t oy, std::int64_t ox, std::int64_t o) {
  const auto& [wy, wx] = s.window;
  const std::int64_t first_channel = o / (s.outputs / s.groups) * s.group_channels;
  Acc sum = 0;
  for (std::int64_t ky = 0; ky < wy.kernel; ++ky) {
    const std::int64_t y = oy + wy.pad_before - ky * wy.dilation;
    if (y < 0 || y % wy.stride != 0 || y / wy.stride >= s.height) continue;
    for (std::int64_t kx = 0; kx < wx.kernel; ++kx) {
      const std::int64_t at = ox + wx.pad_before - kx * wx.dilation;
      if (at < 0 || at % wx.stride != 0 || at / wx.stride >= s.width) continue;
      const T* pixel = x + (y / wy.stride * s.width + at / wx.stride) * s.channels + first_channel;
      const T* w = weights + ((o * wy.kernel + ky) * wx.kernel + kx) * s.group_channels;
      for (std::int64_t c = 0; c < s.group_channels; ++c) sum += (static_cast<Acc>(pixel[c]) - zero_point) * static_cast<Acc>(w[c]);
    }
  }
  return sum;
}

template <class F>
void for_each_output(const Sizes& s, F f) {
  std::size_t at = 0;
  for (std::int64_t n = 0; n < s.n; ++n)
    for (std::int64_t oy = 0; oy < s.out_height; ++oy)
      for (std::int64_t ox = 0; ox < s.out_width; ++ox)
        for (std::int64_t o = 0; o < s.outputs; ++o) f(at++, n * s.height * s.width * s.channels, oy, ox, o);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  if (out[0].dtype() != DType::f32) return unsupported_dtype(node, out[0].dtype());
  const Sizes s = TINYC_TRY(sizes_of(node));
  const float* x = in[0]->data<float>().data();
  const float* weights = in[1]->data<float>().data();
  const auto y = out[0].mutable_data<float>();
  for_each_output(s, [&](std::size_t at, std::int64_t sample, std::int64_t oy, std::int64_t ox, std::int64_t o) {
    y[at] = gather(s, x + sample, 0.0f, weights, oy, ox, o) +
            (node.has(2) ? in[2]->data<float>()[static_cast<std::size_t>(o)] : 0.0f);
  });
  clamp_elements(node.attributes, out[0]);
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_sums(node, *in[1], node.has(2) ? in[2] : nullptr));
  const std::int8_t* x = in[0]->data<std::int8_t>().data();
  const std::int8_t* weights = in[1]->data<std::int8_t>().data();
  const std::vector<Requantizer> requantizers = channel_requantizers(node, s.outputs);
  const StoredClamp clamp = stored_clamp(node);
  const std::int32_t in_zero_point = node.operand(0).quantization->zero_point.front();
  const std::int32_t zero_point = node.result().quantization->zero_point.front();
  const auto y = out[0].mutable_data<std::int8_t>();
  for_each_output(s, [&](std::size_t at, std::int64_t sample, std::int64_t oy, std::int64_t ox, std::int64_t o) {
    const auto channel = static_cast<std::size_t>(o);
    const std::int32_t sum = gather(s, x + sample, in_zero_point, weights, oy, ox, o) +
                             (node.has(2) ? in[2]->data<std::int32_t>()[channel] : 0);
    y[at] = static_cast<std::int8_t>(std::clamp(requantize(sum, requantizers[channel], zero_point), clamp.low, clamp.high));
  });
  return {};
}

Work work(const NodeView& node) {
  const Type& result = node.result();
  const Shape &x = node.operand(0).shape, &w = node.operand(1).shape;
  return {.macs = x.elements() * w[0] / node.attributes.integer_or("groups", 1) * w[1] * w[2],
          .requantizations = result.is_quantized() ? result.shape.elements() : 0,
          .weight_elements = w.elements() + (node.has(2) ? w[0] : 0)};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  if (!node.constant(1)) return node.error("TC3012", "the weights are computed at run time", "make them constants");
  if (node.has(2) && !node.constant(2)) return node.error("TC3012", "the bias is computed at run time", "make it a constant");
  TINYC_TRY(check_sums(node, *node.constant(1), node.constant(2)));
  const auto& [wy, wx] = s.window;
  KernelCall call{.kernel = "tinyc_conv_transpose2d_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  call.reason = "transposed";
  // The kernel adds taps inside the input only, so the bias stays as it is and the zero point is subtracted.
  Tensor bias(DType::i32, Shape{s.outputs});
  if (node.has(2)) bias = *node.constant(2);
  call.params = {{"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                 {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs},
                 {"kernel_height", wy.kernel}, {"kernel_width", wx.kernel}, {"stride_y", wy.stride},
                 {"stride_x", wx.stride}, {"dilation_y", wy.dilation}, {"dilation_x", wx.dilation},
                 {"pad_top", wy.pad_before}, {"pad_left", wx.pad_before}, {"groups", s.groups},
                 {"in_zero_point", node.operand(0).quantization->zero_point.front()},
                 {"weights", Table{*node.constant(1)}}, {"bias", Table{std::move(bias)}}};
  append_requantization(node, s.outputs, call.params);
  return std::vector<KernelCall>{std::move(call)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  const Sizes s = TINYC_TRY(sizes_of(node));
  TINYC_TRY(check_single_precision(node));
  const auto& [wy, wx] = s.window;
  KernelCall call = float_call(node, "tinyc_conv_transpose2d_f32");
  call.inputs.resize(3);
  call.params = {{"batches", s.n}, {"in_height", s.height}, {"in_width", s.width}, {"in_channels", s.channels},
                 {"out_height", s.out_height}, {"out_width", s.out_width}, {"out_channels", s.outputs},
                 {"kernel_height", wy.kernel}, {"kernel_width", wx.kernel}, {"stride_y", wy.stride},
                 {"stride_x", wx.stride}, {"dilation_y", wy.dilation}, {"dilation_x", wx.dilation},
                 {"pad_top", wy.pad_before}, {"pad_left", wx.pad_before}, {"groups", s.groups}};
  append_real_clamp(call, node.attributes);
  return std::vector<KernelCall>{std::move(call)};
}

// --- import -----------------------------------------------------------------------------------------

// The pads that give output_shape, or that auto_pad asks for: as many outputs as inputs times stride.
Status resolve_pads(ImportContext& context, const std::vector<std::int64_t>& spatial, const std::vector<std::int64_t>& extra,
                    std::vector<WindowAxis>& window) {
  using Integers = std::vector<std::int64_t>;
  const auto auto_pad = TINYC_TRY(attribute_or<std::string>(context, "auto_pad", "NOTSET"));
  auto wanted = TINYC_TRY(attribute_or<Integers>(context, "output_shape", Integers{}));
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (wanted.empty() && !same) return {};
  if (wanted.empty())
    for (std::size_t i = 0; i < spatial.size(); ++i) wanted.push_back(spatial[i] * window[i].stride);
  if (wanted.size() != spatial.size()) return context.invalid("output_shape needs one size per spatial axis");
  for (std::size_t i = 0; i < spatial.size(); ++i) {
    const std::int64_t total = (spatial[i] - 1) * window[i].stride + extra[i] + window[i].extent() - wanted[i];
    if (total < 0) return context.unsupported("an output_shape beyond what the kernel covers", "use output_padding");
    window[i].pad_before = auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
    window[i].pad_after = total - window[i].pad_before;
  }
  return {};
}

// The window of the attributes; import_window's checks of the input do not apply to a transposed convolution.
Result<std::vector<WindowAxis>> transposed_window(ImportContext& context, const std::vector<std::int64_t>& kernel) {
  using Integers = std::vector<std::int64_t>;
  const std::size_t rank = kernel.size();
  const auto strides = TINYC_TRY(attribute_or<Integers>(context, "strides", Integers(rank, 1)));
  const auto dilations = TINYC_TRY(attribute_or<Integers>(context, "dilations", Integers(rank, 1)));
  const auto pads = TINYC_TRY(attribute_or<Integers>(context, "pads", Integers(2 * rank, 0)));
  const auto kernel_shape = TINYC_TRY(attribute_or<Integers>(context, "kernel_shape", kernel));
  if (strides.size() != rank || dilations.size() != rank || pads.size() != 2 * rank || kernel_shape != kernel)
    return context.invalid("kernel_shape, strides, dilations or pads do not fit the weights");
  std::vector<WindowAxis> window(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    constexpr std::int64_t most = 1 << 20;
    if (kernel[i] < 1 || kernel[i] > most || strides[i] < 1 || strides[i] > most || dilations[i] < 1 || dilations[i] > most ||
        pads[i] < 0 || pads[i + rank] < 0 || pads[i] > most || pads[i + rank] > most)
      return context.invalid("kernel_shape, strides, dilations or pads are out of range");
    window[i] = {kernel[i], strides[i], dilations[i], pads[i], pads[i + rank]};
  }
  return window;
}

// Weights [C, O/groups, D, H, W] as [O, D, H, W, C/groups].
Result<ValueId> import_filters3d(ImportContext& context, std::int64_t groups) {
  using Integers = std::vector<std::int64_t>;
  const Shape w = context.input_type(1).shape;
  const Integers split{groups, w[0] / groups, w[1], w[2], w[3], w[4]}, joined{groups * w[1], w[2], w[3], w[4], w[0] / groups};
  const ValueId parts = TINYC_TRY(context.emit("reshape", {context.input(1)}, {{"shape", split}}, "weight_groups"));
  const ValueId moved = TINYC_TRY(context.emit("transpose", {parts}, {{"perm", Integers{0, 2, 3, 4, 5, 1}}}, "weight_order"));
  return context.emit("reshape", {moved}, {{"shape", joined}}, "weights");
}

// Tap k of plane i adds to plane i * stride - pad_before + k * dilation.
DepthTaps transposed_taps(const WindowAxis& axis, std::int64_t planes, std::int64_t extra) {
  DepthTaps taps(static_cast<std::size_t>(output_size(axis, planes, extra)));
  for (std::size_t o = 0; o < taps.size(); ++o)
    for (std::int64_t k = 0; k < axis.kernel; ++k) {
      const std::int64_t at = static_cast<std::int64_t>(o) + axis.pad_before - k * axis.dilation;
      taps[o].push_back(at >= 0 && at % axis.stride == 0 && at / axis.stride < planes ? at / axis.stride : -1);
    }
  return taps;
}

// Weights [C, O/groups, K...] as OHWI: for every group the first two axes change places.
Result<ValueId> import_weights(ImportContext& context, std::int64_t groups) {
  using Integers = std::vector<std::int64_t>;
  const Shape w = context.input_type(1).shape;
  if (w.rank() == 5) return import_filters3d(context, groups);
  const std::int64_t height = w.rank() == 4 ? w[2] : 1, width = w[w.rank() - 1];
  const ValueId split = TINYC_TRY(context.emit("reshape", {context.input(1)},
                                               {{"shape", Integers{groups, w[0] / groups, w[1], height, width}}}, "weight_groups"));
  const ValueId moved = TINYC_TRY(context.emit("transpose", {split}, {{"perm", Integers{0, 2, 3, 4, 1}}}, "weight_order"));
  return context.emit("reshape", {moved}, {{"shape", Integers{groups * w[1], height, width, w[0] / groups}}}, "weights");
}

Result<std::vector<ValueId>> import_conv_transpose(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  using Integers = std::vector<std::int64_t>;
  const Shape x = context.input_type(0).shape, w = context.input_type(1).shape;
  if (x.rank() < 3 || w.rank() != x.rank() || w[0] != x[1])
    return context.invalid("the input has shape " + x.to_string() + " and the weights " + w.to_string());
  if (x.rank() > 5) return context.unsupported("transposed convolutions over more than three dimensions");
  const std::vector<std::int64_t> spatial(x.begin() + 2, x.end()), kernel(w.begin() + 2, w.end());
  const std::int64_t groups = TINYC_TRY(integer_attribute(context, "group", 1));
  if (groups < 1 || w[0] % groups != 0) return context.invalid("the channels do not divide into the groups");
  auto extra = TINYC_TRY(attribute_or<Integers>(context, "output_padding", Integers(spatial.size(), 0)));
  if (extra.size() != spatial.size()) return context.invalid("output_padding needs one size per spatial axis");
  auto window = TINYC_TRY(transposed_window(context, kernel));
  TINYC_TRY(resolve_pads(context, spatial, extra, window));
  DepthTaps taps;
  if (x.rank() == 5) {
    TINYC_TRY(check_depth_taps(context, output_size(window[0], x[2], extra[0]), w[2]));
    taps = transposed_taps(window[0], x[2], extra[0]);
    window.erase(window.begin());
    extra.erase(extra.begin());
  }
  if (extra.size() == 1) extra.insert(extra.begin(), 0);
  Attributes attributes = window_attributes(to_2d(window));
  attributes.set("groups", groups);
  attributes.set("output_padding", extra);
  const ValueId weights = TINYC_TRY(import_weights(context, groups));
  const auto emit = [&](ValueId nhwc, ValueId filters) {
    std::vector<ValueId> operands{nhwc, filters};
    if (context.has_input(2)) operands.push_back(context.input(2));
    return context.emit("conv_transpose2d", std::move(operands), attributes);
  };
  const ValueId result = TINYC_TRY(
      x.rank() == 5 ? emit_over_depth(context, context.input(0), weights, groups, taps, emit)
                    : emit_channels_last(context, context.input(0), [&](ValueId nhwc) { return emit(nhwc, weights); }));
  return std::vector<ValueId>{result};
}

}  // namespace

const OpDef& conv_transpose2d() {
  static const OpDef def{
      .name = "conv_transpose2d",
      .summary = "Transposed convolution of x[N,H,W,C] with weights[O,KH,KW,C/groups] and an optional bias[O].",
      .onnx = {{"ConvTranspose", import_conv_transpose}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_float>,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = dense_rule,
      .lower = lower,
      .lower_float = lower_float,
  };
  return def;
}

}  // namespace tinyc::ops
