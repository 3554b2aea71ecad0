#include "lib/ops/conv2d.h"

#include <Eigen/Core>

#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/dense.h"
#include "lib/ops/depth.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/gemm.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/layout.h"

namespace tinyc::ops {

Result<Conv2dSizes> conv2d_sizes(const NodeView& node) {
  const Shape& x = node.operand(0).shape;
  const Shape& w = node.operand(1).shape;
  if (x.rank() != 4 || w.rank() != 4)
    return node.error("TC4011", "conv2d takes an input and weights of rank 4, these are " + x.to_string() + " and " +
                                    w.to_string());
  const std::int64_t groups = node.attributes.has("groups") ? TINYC_TRY(require_integer(node, "groups")) : 1;
  if (groups < 1 || x[3] % groups != 0 || w[0] % groups != 0 || w[0] < 1 || w[3] != x[3] / groups)
    return node.error("TC4011", "weights of shape " + w.to_string() + " (output channels, height, width, input channels per "
                                "group) do not fit " + std::to_string(x[3]) + " input channels in " +
                                    std::to_string(groups) + " groups");
  const Window2d window = TINYC_TRY(window_of(node, w[1], w[2]));
  const auto out = TINYC_TRY(window_output(node, window, x[1], x[2]));
  return Conv2dSizes{x[0], x[1], x[2], x[3], w[0], w[3], groups, out[0], out[1], window};
}

namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  if (!node.has(0) || !node.has(1) || node.operand_count() > 3)
    return node.error("TC4011", "conv2d takes an input, weights and an optional bias");
  const Conv2dSizes sizes = TINYC_TRY(conv2d_sizes(node));
  TINYC_TRY(check_clamp(node));
  TINYC_TRY(check_dense_types(node, sizes.outputs));
  return std::vector<Type>{{node.operand(0).dtype, Shape{sizes.n, sizes.out_height, sizes.out_width, sizes.outputs}}};
}

// --- evaluation -------------------------------------------------------------------------------------

// Calls f(tap, input offset of the pixel) for the taps of an output pixel that lie inside the input.
template <class F>
void for_each_tap(const Conv2dSizes& s, std::int64_t oy, std::int64_t ox, F f) {
  const auto [y_first, y_last] = s.window[0].taps_inside(oy, s.height);
  const auto [x_first, x_last] = s.window[1].taps_inside(ox, s.width);
  for (std::int64_t ky = y_first; ky < y_last; ++ky) {
    const std::int64_t y = s.window[0].start(oy) + ky * s.window[0].dilation;
    for (std::int64_t kx = x_first; kx < x_last; ++kx) {
      const std::int64_t x = s.window[1].start(ox) + kx * s.window[1].dilation;
      f(ky * s.window[1].kernel + kx, (y * s.width + x) * s.channels);
    }
  }
}

// One filter per channel; the loop over channels is innermost.
template <class Real, class Sum>
void convolve_depthwise(const Conv2dSizes& s, const Real* x, const std::vector<Real>& weights, Sum* out) {
  using Channels = Eigen::Array<Real, Eigen::Dynamic, 1>;
  Channels sums(s.channels);
  for (std::int64_t oy = 0; oy < s.out_height; ++oy)
    for (std::int64_t ox = 0; ox < s.out_width; ++ox, out += s.channels) {
      sums.setZero();
      for_each_tap(s, oy, ox, [&](std::int64_t tap, std::int64_t at) {
        sums += Eigen::Map<const Channels>(x + at, s.channels) *
                Eigen::Map<const Channels>(weights.data() + tap * s.channels, s.channels);
      });
      Eigen::Map<Eigen::Array<Sum, Eigen::Dynamic, 1>>(out, s.channels) = sums.template cast<Sum>();
    }
}

// The inputs of the outputs of rows [first, last) as the rows of a matrix [pixels, taps * group_channels] of one group;
// padding is zero.
template <class Real>
void gather_rows(const Conv2dSizes& s, const Real* x, std::int64_t group, std::int64_t first, std::int64_t last,
                 std::vector<Real>& patches) {
  const std::int64_t depth = s.taps() * s.group_channels;
  patches.assign(static_cast<std::size_t>((last - first) * s.out_width * depth), Real{0});
  Real* patch = patches.data();
  for (std::int64_t oy = first; oy < last; ++oy)
    for (std::int64_t ox = 0; ox < s.out_width; ++ox, patch += depth)
      for_each_tap(s, oy, ox, [&](std::int64_t tap, std::int64_t at) {
        std::copy_n(x + at + group * s.group_channels, s.group_channels, patch + tap * s.group_channels);
      });
}

// Rows of the result whose patches are gathered at once.
std::int64_t rows_of_a_block(const Conv2dSizes& s) { return std::max<std::int64_t>(1, 512 / s.out_width); }

// One sample, without bias, into out [out_height, out_width, outputs]. Sum is Real, or int32 for integers within
// [-255, 255] held in floats.
template <class Real, class Sum>
void convolve(const Conv2dSizes& s, const Real* x, std::span<const Real> weights, Sum* out) {
  if (s.depthwise() && s.taps() <= exact_terms) return convolve_depthwise(s, x, transpose_depthwise(s, weights), out);
  const std::int64_t depth = s.taps() * s.group_channels, rows_at_once = rows_of_a_block(s);
  if (s.pointwise()) return gemm({s.height * s.width, s.outputs, depth, s.outputs}, x, weights.data(), out);
  std::vector<Real> patches;
  for (std::int64_t oy = 0; oy < s.out_height; oy += rows_at_once)
    for (std::int64_t group = 0; group < s.groups; ++group) {
      const std::int64_t last = std::min(s.out_height, oy + rows_at_once), first_output = group * s.group_outputs();
      gather_rows(s, x, group, oy, last, patches);
      gemm({(last - oy) * s.out_width, s.group_outputs(), depth, s.outputs}, patches.data(),
           weights.data() + first_output * depth, out + oy * s.out_width * s.outputs + first_output);
    }
}

template <class Real>
void evaluate_real(const Conv2dSizes& s, const NodeView& node, std::span<const Tensor* const> in, Tensor& out) {
  const auto x = in[0]->data<Real>();
  const auto y = out.mutable_data<Real>();
  const std::int64_t in_size = s.height * s.width * s.channels, out_size = s.out_height * s.out_width * s.outputs;
  for (std::int64_t n = 0; n < s.n; ++n)
    convolve(s, x.data() + n * in_size, in[1]->data<Real>(), y.data() + n * out_size);
  if (node.has(2)) add_bias(in[2]->data<Real>(), y);
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Conv2dSizes s = TINYC_TRY(conv2d_sizes(node));
  if (out[0].dtype() == DType::f64) evaluate_real<double>(s, node, in, out[0]);
  else evaluate_real<float>(s, node, in, out[0]);
  clamp_elements(node.attributes, out[0]);
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Conv2dSizes s = TINYC_TRY(conv2d_sizes(node));
  TINYC_TRY(check_sums(node, *in[1], node.has(2) ? in[2] : nullptr));
  const std::vector<float> x = centered(*in[0], node.operand(0)), weights = centered(*in[1], node.operand(1));
  const std::int64_t in_size = s.height * s.width * s.channels, out_size = s.out_height * s.out_width * s.outputs;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(s.n * out_size));
  for (std::int64_t n = 0; n < s.n; ++n)
    convolve(s, x.data() + n * in_size, std::span(weights), sums.data() + n * out_size);
  requantize_channels(node, in, sums, out[0]);
  return {};
}

// --- derivative -------------------------------------------------------------------------------------

// Adds the rows of a matrix of patches to the inputs that gather_rows took them from.
void scatter_rows(const Conv2dSizes& s, const std::vector<float>& patches, std::int64_t group, std::int64_t first,
                  std::int64_t last, float* x) {
  const float* patch = patches.data();
  for (std::int64_t oy = first; oy < last; ++oy)
    for (std::int64_t ox = 0; ox < s.out_width; ++ox, patch += s.taps() * s.group_channels)
      for_each_tap(s, oy, ox, [&](std::int64_t tap, std::int64_t at) {
        float* to = x + at + group * s.group_channels;
        const float* from = patch + tap * s.group_channels;
        for (std::int64_t c = 0; c < s.group_channels; ++c) to[c] += from[c];
      });
}

// What one sample adds: g is the gradient of its result; dx or dw may be null.
void add_gradients(const Conv2dSizes& s, const float* x, const float* weights, const float* g, float* dx, float* dw) {
  const std::int64_t depth = s.taps() * s.group_channels, rows_at_once = rows_of_a_block(s);
  std::vector<float> patches;
  for (std::int64_t oy = 0; oy < s.out_height; oy += rows_at_once)
    for (std::int64_t group = 0; group < s.groups; ++group) {
      const std::int64_t last = std::min(s.out_height, oy + rows_at_once), pixels = (last - oy) * s.out_width;
      const std::int64_t first_output = group * s.group_outputs();
      const float* block = g + oy * s.out_width * s.outputs + first_output;
      if (dw) {
        gather_rows(s, x, group, oy, last, patches);
        add_transposed_product({s.group_outputs(), depth, pixels, depth}, block, s.outputs, patches.data(),
                               dw + first_output * depth);
      }
      if (!dx) continue;
      patches.assign(static_cast<std::size_t>(pixels * depth), 0.0f);
      add_product({pixels, depth, s.group_outputs(), depth}, block, s.outputs, weights + first_output * depth, patches.data());
      scatter_rows(s, patches, group, oy, last, dx);
    }
}

// The same where patches are the input itself.
void add_pointwise_gradients(const Conv2dSizes& s, const float* x, const float* weights, const float* g, float* dx, float* dw) {
  const std::int64_t pixels = s.height * s.width;
  if (dw) add_transposed_product({s.outputs, s.channels, pixels, s.channels}, g, s.outputs, x, dw);
  if (dx) add_product({pixels, s.channels, s.outputs, s.channels}, g, s.outputs, weights, dx);
}

// The same where every channel has a filter of its own; weights and dw are [taps, channels].
void add_depthwise_gradients(const Conv2dSizes& s, const float* x, const float* weights, const float* g, float* dx, float* dw) {
  using Channels = Eigen::Array<float, Eigen::Dynamic, 1>;
  for (std::int64_t oy = 0; oy < s.out_height; ++oy)
    for (std::int64_t ox = 0; ox < s.out_width; ++ox, g += s.channels) {
      const Eigen::Map<const Channels> gradient(g, s.channels);
      for_each_tap(s, oy, ox, [&](std::int64_t tap, std::int64_t at) {
        if (dw) Eigen::Map<Channels>(dw + tap * s.channels, s.channels) += gradient * Eigen::Map<const Channels>(x + at, s.channels);
        if (dx)
          Eigen::Map<Channels>(dx + at, s.channels) += gradient * Eigen::Map<const Channels>(weights + tap * s.channels, s.channels);
      });
    }
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  const Conv2dSizes s = TINYC_TRY(conv2d_sizes(node));
  const Tensor bounded = through_clamp(node.attributes, *out[0], *out_gradients[0]);
  const auto weights = in[1]->data<float>();
  const bool depthwise = s.depthwise();
  const std::vector<float> by_tap = depthwise ? transpose_depthwise(s, weights) : std::vector<float>();
  std::vector<float> by_tap_gradient(in_gradients[1] ? by_tap.size() : 0, 0.0f);
  const auto add = depthwise ? add_depthwise_gradients : s.pointwise() ? add_pointwise_gradients : add_gradients;
  float* dx = in_gradients[0] ? in_gradients[0]->mutable_data<float>().data() : nullptr;
  float* dw = !in_gradients[1] ? nullptr : depthwise ? by_tap_gradient.data() : in_gradients[1]->mutable_data<float>().data();
  const std::int64_t in_size = s.height * s.width * s.channels, out_size = s.out_height * s.out_width * s.outputs;
  for (std::int64_t n = 0; n < s.n; ++n)
    add(s, in[0]->data<float>().data() + n * in_size, depthwise ? by_tap.data() : weights.data(),
        bounded.data<float>().data() + n * out_size, dx ? dx + n * in_size : nullptr, dw);
  if (depthwise && dw)
    for (std::int64_t o = 0; o < s.outputs; ++o)
      for (std::int64_t tap = 0; tap < s.taps(); ++tap)
        in_gradients[1]->mutable_data<float>()[static_cast<std::size_t>(o * s.taps() + tap)] +=
            dw[tap * s.outputs + o];
  if (node.has(2) && in_gradients[2]) add_bias_gradient(bounded.data<float>(), in_gradients[2]->mutable_data<float>());
  return {};
}

Work work(const NodeView& node) {
  const Type& result = node.result();
  const Shape& w = node.operand(1).shape;
  return {.macs = result.shape.elements() * w[1] * w[2] * w[3],
          .requantizations = result.is_quantized() ? result.shape.elements() : 0,
          .weight_elements = w.elements() + (node.has(2) ? w[0] : 0)};
}

// --- import -----------------------------------------------------------------------------------------

Result<std::vector<ValueId>> import_conv3d(ImportContext& context, const std::vector<WindowAxis>& window, std::int64_t groups) {
  const Shape x = context.input_type(0).shape, w = context.input_type(1).shape;
  if (groups < 1 || x[1] % groups != 0 || w[1] != x[1] / groups)
    return context.invalid("weights of shape " + w.to_string() + " do not fit " + std::to_string(x[1]) + " channels in " +
                           std::to_string(groups) + " groups");
  const std::int64_t planes = window[0].output_size(x[2]);
  TINYC_TRY(check_depth_taps(context, planes, w[2]));
  DepthTaps taps(static_cast<std::size_t>(planes));
  for (std::size_t o = 0; o < taps.size(); ++o)
    for (std::int64_t k = 0; k < w[2]; ++k) {
      const std::int64_t plane = window[0].start(static_cast<std::int64_t>(o)) + k * window[0].dilation;
      taps[o].push_back(plane >= 0 && plane < x[2] ? plane : -1);
    }
  Attributes attributes = window_attributes({window[1], window[2]});
  attributes.set("groups", groups);
  const std::vector<std::int64_t> order{0, 2, 3, 4, 1};
  const ValueId filters = TINYC_TRY(context.emit("transpose", {context.input(1)}, {{"perm", order}}, "weights"));
  const ValueId result = TINYC_TRY(
      emit_over_depth(context, context.input(0), filters, groups, taps, [&](ValueId stacked, ValueId weights) {
        std::vector<ValueId> operands{stacked, weights};
        if (context.has_input(2)) operands.push_back(context.input(2));
        return context.emit("conv2d", std::move(operands), attributes);
      }));
  return std::vector<ValueId>{result};
}

Result<std::vector<ValueId>> import_conv(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  const Shape x = context.input_type(0).shape;
  const Shape w = context.input_type(1).shape;
  if (x.rank() < 3 || w.rank() != x.rank())
    return context.invalid("the input has shape " + x.to_string() + " and the weights " + w.to_string());
  if (x.rank() > 5) return context.unsupported("convolutions over more than three dimensions");
  const std::vector<std::int64_t> spatial(x.begin() + 2, x.end()), kernel(w.begin() + 2, w.end());
  const auto window = TINYC_TRY(import_window(context, spatial, kernel));
  const std::int64_t groups = TINYC_TRY(integer_attribute(context, "group", 1));
  if (x.rank() == 5) return import_conv3d(context, window, groups);
  Attributes attributes = window_attributes(to_2d(window));
  attributes.set("groups", groups);
  const ValueId weights = TINYC_TRY(to_ohwi(context, context.input(1)));
  const ValueId bias = context.has_input(2) ? context.input(2) : ValueId{};
  const ValueId result = TINYC_TRY(emit_channels_last(context, context.input(0), [&](ValueId nhwc) {
    std::vector<ValueId> operands{nhwc, weights};
    if (bias.valid()) operands.push_back(bias);
    return context.emit("conv2d", std::move(operands), attributes);
  }));
  return std::vector<ValueId>{result};
}

}  // namespace

const OpDef& conv2d() {
  static const OpDef def{
      .name = "conv2d",
      .summary = "Convolution of x[N,H,W,C] with weights[O,KH,KW,C/groups] and an optional bias[O]; depthwise when "
                 "groups = C.",
      .onnx = {{"Conv", import_conv}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_float>,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = dense_rule,
      .lower = lower_conv2d,
      .gradient = gradient,
      .lower_float = lower_conv2d_float,
  };
  return def;
}

}  // namespace tinyc::ops
