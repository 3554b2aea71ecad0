#include <algorithm>

#include "lib/ops/along_axis.h"
#include "lib/ops/binary_int8.h"
#include "lib/ops/gradient.h"
#include "lib/quant/clamp.h"
#include "lib/quant/log_softmax_params.h"

namespace tinyc::ops {
namespace {

struct LogSoftmax {
  void operator()(std::vector<double>& x) const {
    const double largest = x.empty() ? 0 : *std::ranges::max_element(x);
    double sum = 0;
    for (const double value : x) sum += std::exp(value - largest);
    for (double& value : x) value -= largest + std::log(sum);
  }
};

Result<std::vector<Type>> infer(const NodeView& view) {
  const bool quantized = view.has(0) && view.operand(0).is_quantized();
  return infer_along_axis(view, quantized ? Accepts::numbers : Accepts::reals);
}

LogSoftmaxParams params_of(const NodeView& view, const AxisVectors& axis) {
  return make_log_softmax_params(int8_parameters(view.operand(0)), int8_parameters(view.result()), axis.size);
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AxisVectors axis = axis_view(view);
  const auto step = static_cast<std::size_t>(axis.inner), size = static_cast<std::size_t>(axis.size);
  const LogSoftmaxParams params = params_of(view, axis);
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  axis.for_each_vector([&](std::size_t first) {
    std::int32_t largest = -128;
    for (std::size_t i = 0; i < size; ++i) largest = std::max<std::int32_t>(largest, x[first + i * step]);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < size; ++i)
      if (const auto d = static_cast<std::size_t>(largest - x[first + i * step]); d < params.table.size())
        sum += params.table[d];
    for (std::size_t i = 0; i < size; ++i)
      y[first + i * step] = static_cast<std::int8_t>(ClampBounds{}.apply(params(largest - x[first + i * step], sum)));
  });
  return {};
}

// dx = g - exp(y) * sum(g)
Status gradient(const NodeView& view, std::span<const Tensor* const>, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const AxisVectors axis = axis_view(view);
  const auto step = static_cast<std::size_t>(axis.inner), size = static_cast<std::size_t>(axis.size);
  const auto y = out[0]->data<float>(), g = out_gradients[0]->data<float>();
  const auto to = in_gradients[0]->mutable_data<float>();
  axis.for_each_vector([&](std::size_t first) {
    float sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += g[first + i * step];
    for (std::size_t i = 0; i < size; ++i) to[first + i * step] += g[first + i * step] - std::exp(y[first + i * step]) * sum;
  });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const AxisVectors axis = axis_view(view);
  const LogSoftmaxParams params = params_of(view, axis);
  const auto entries = static_cast<std::int64_t>(params.table.size());
  KernelCall call{.kernel = "tinyc_log_softmax_s8", .inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  call.params = {{"outer", axis.outer},
                 {"size", axis.size},
                 {"inner", axis.inner},
                 {"table_size", entries},
                 {"table", Table{Tensor::of(Shape{entries}, params.table)}},
                 {"fraction", Table{Tensor::of(Shape{256}, params.fraction)}},
                 {"multiplier", params.multiplier},
                 {"octave", params.octave},
                 {"offset", params.offset},
                 {"shift", params.shift}};
  return std::vector<KernelCall>{std::move(call)};
}

QuantRule rule(const NodeView&) { return {}; }

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  return lower_float_along_axis(view, "tinyc_log_softmax_f32");
}

}  // namespace

const OpDef& log_softmax() {
  static const OpDef def{
      .name = "log_softmax",
      .summary = "The logarithm of the softmax along the attribute axis.",
      .onnx = {{"LogSoftmax", [](ImportContext& context) { return import_along_axis(context, "log_softmax"); }}},
      .infer = infer,
      .eval_float = eval_along_axis<LogSoftmax>,
      .eval_int8 = eval_int8,
      .work = work_along_axis,
      .quantization = rule,
      .lower = lower,
      .gradient = gradient,
      .lower_float = lower_float,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
