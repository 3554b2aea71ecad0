#include <algorithm>

#include "lib/ops/along_axis.h"
#include "lib/ops/gradient.h"
#include "lib/quant/softmax_params.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  const bool quantized = view.has(0) && view.operand(0).is_quantized();
  auto types = TINYC_TRY(infer_along_axis(view, quantized ? Accepts::numbers : Accepts::reals));
  if (quantized && axis_view(view).size > softmax_most)
    return view.error("TC3012", "an integer softmax is over at most " + std::to_string(softmax_most) + " elements", "keep it in float");
  return types;
}

struct Softmax {
  void operator()(std::vector<double>& x) const {
    const double largest = x.empty() ? 0 : *std::ranges::max_element(x);
    double sum = 0;
    for (double& value : x) sum += value = std::exp(value - largest);
    for (double& value : x) value /= sum;
  }
};

std::vector<std::uint32_t> table_of(const NodeView& view, const AxisVectors& axis) {
  const auto& input = view.operand(0).quantization;
  TINYC_CHECK(input && input->is_per_tensor() && view.result().quantization == Quantization::per_tensor(1.0f / 256, -128),
              "an integer softmax from one scale to 1/256");
  return make_softmax_table(static_cast<double>(input->scale.front()), axis.size);
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AxisVectors axis = axis_view(view);
  const auto step = static_cast<std::size_t>(axis.inner), size = static_cast<std::size_t>(axis.size);
  if (size == 0) return {};
  const std::vector<std::uint32_t> table = table_of(view, axis);
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  axis.for_each_vector([&](std::size_t first) {
    int largest = -128;
    for (std::size_t i = 0; i < size; ++i) largest = std::max<int>(largest, x[first + i * step]);
    const auto e = [&](std::size_t i) -> std::uint64_t {
      const auto d = static_cast<std::size_t>(largest - x[first + i * step]);
      return d < table.size() ? table[d] : 0;
    };
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += e(i);
    TINYC_CHECK(sum > 0 && sum < std::uint64_t{1} << 32, "the sum of a softmax fits 32 bits");
    for (std::size_t i = 0; i < size; ++i) {
      const auto share = static_cast<std::int64_t>((256 * e(i) + sum / 2) / sum);
      y[first + i * step] = static_cast<std::int8_t>(std::min<std::int64_t>(share - 128, 127));
    }
  });
  return {};
}

// dx = y * (g - sum(g * y))
Status gradient(const NodeView& view, std::span<const Tensor* const>, std::span<const Tensor* const> out,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (!in_gradients[0]) return {};
  const AxisVectors axis = axis_view(view);
  const auto step = static_cast<std::size_t>(axis.inner), size = static_cast<std::size_t>(axis.size);
  const auto y = out[0]->data<float>(), g = out_gradients[0]->data<float>();
  const auto to = in_gradients[0]->mutable_data<float>();
  axis.for_each_vector([&](std::size_t first) {
    float sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += g[first + i * step] * y[first + i * step];
    for (std::size_t i = 0; i < size; ++i) to[first + i * step] += y[first + i * step] * (g[first + i * step] - sum);
  });
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const AxisVectors axis = axis_view(view);
  const std::vector<std::uint32_t> table = table_of(view, axis);
  const auto entries = static_cast<std::int64_t>(table.size());
  KernelCall call{.kernel = "tinyc_softmax_s8", .inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  call.params = {{"outer", axis.outer},      {"size", axis.size}, {"inner", axis.inner},
                 {"table_size", entries}, {"table", Table{Tensor::of(Shape{entries}, table)}}};
  return std::vector<KernelCall>{std::move(call)};
}

// Probabilities: all 256 steps cover [0, 255/256].
QuantRule rule(const NodeView&) {
  return {.result = QuantRule::Result::fixed, .fixed = Quantization::per_tensor(1.0f / 256, -128)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& view, const CoreFeatures&) {
  return lower_float_along_axis(view, "tinyc_softmax_f32");
}

}  // namespace

const OpDef& softmax() {
  static const OpDef def{
      .name = "softmax",
      .summary = "exp(x) over its sum along the attribute axis.",
      .onnx = {{"Softmax", [](ImportContext& context) { return import_along_axis(context, "softmax"); }}},
      .infer = infer,
      .eval_float = eval_along_axis<Softmax>,
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
