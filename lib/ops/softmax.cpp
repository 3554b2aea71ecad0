#include <algorithm>

#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"
#include "lib/quant/softmax_params.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& view) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  TINYC_TRY(require_axis(view, "axis", view.operand(0).shape.rank()));
  const bool quantized = view.operand(0).dtype == DType::i8;
  return infer_like_operand(view, quantized ? Accepts::numbers : Accepts::reals);
}

// A tensor seen as [outer, size, inner] around an axis.
struct Axis {
  std::int64_t outer = 1, size = 1, inner = 1;
};

Axis around_axis(const NodeView& view) {
  const Shape& shape = view.operand(0).shape;
  const int at = *normalize_axis(view.attributes.integer("axis"), shape.rank());
  Axis axis{.size = shape[at]};
  for (int i = 0; i < at; ++i) axis.outer *= shape[i];
  for (int i = at + 1; i < shape.rank(); ++i) axis.inner *= shape[i];
  return axis;
}

// Calls f(first) with the index of the first element of each vector along the axis.
template <class F>
void for_each_vector(const Axis& axis, F f) {
  for (std::int64_t o = 0; o < axis.outer; ++o)
    for (std::int64_t i = 0; i < axis.inner; ++i) f(static_cast<std::size_t>(o * axis.size * axis.inner + i));
}

Status eval_wide(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Axis axis = around_axis(view);
  const auto step = static_cast<std::size_t>(axis.inner);
  const auto eval = [&]<class T>(std::span<const T> x, std::span<T> y) {
    std::vector<double> e(static_cast<std::size_t>(axis.size));
    for_each_vector(axis, [&](std::size_t first) {
      double largest = -HUGE_VAL, sum = 0;
      for (std::size_t i = 0; i < e.size(); ++i) largest = std::max(largest, static_cast<double>(x[first + i * step]));
      for (std::size_t i = 0; i < e.size(); ++i) sum += e[i] = std::exp(static_cast<double>(x[first + i * step]) - largest);
      for (std::size_t i = 0; i < e.size(); ++i) y[first + i * step] = static_cast<T>(e[i] / sum);
    });
  };
  if (in[0]->dtype() == DType::f64) eval(in[0]->data<double>(), out[0].mutable_data<double>());
  else eval(in[0]->data<float>(), out[0].mutable_data<float>());
  return {};
}

std::vector<std::uint32_t> table_of(const NodeView& view, const Axis& axis) {
  const auto& input = view.operand(0).quantization;
  TINYC_CHECK(input && input->is_per_tensor() && view.result().quantization == Quantization::per_tensor(1.0f / 256, -128),
              "an integer softmax from one scale to 1/256");
  return make_softmax_table(static_cast<double>(input->scale.front()), axis.size);
}

Status eval_int8(const NodeView& view, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const Axis axis = around_axis(view);
  const auto step = static_cast<std::size_t>(axis.inner), size = static_cast<std::size_t>(axis.size);
  const std::vector<std::uint32_t> table = table_of(view, axis);
  const auto x = in[0]->data<std::int8_t>();
  const auto y = out[0].mutable_data<std::int8_t>();
  for_each_vector(axis, [&](std::size_t first) {
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

Result<std::vector<KernelCall>> lower(const NodeView& view, const CoreFeatures&) {
  const Axis axis = around_axis(view);
  const std::vector<std::uint32_t> table = table_of(view, axis);
  const auto entries = static_cast<std::int64_t>(table.size());
  KernelCall call{.kernel = "tinyc_softmax_s8", .inputs = {view.operand_ids[0]}, .outputs = {view.result_ids[0]}};
  call.params = {{"outer", axis.outer},      {"size", axis.size}, {"inner", axis.inner},
                 {"table_size", entries}, {"table", Table{Tensor::of(Shape{entries}, table)}}};
  return std::vector<KernelCall>{std::move(call)};
}

// Before opset 13 everything from the axis on is one vector: [1, ...axes before] x [axes from there].
Result<std::vector<ValueId>> import_softmax(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Shape shape = context.input_type(0).shape;
  const bool coerces = context.opset() < 13;
  const std::int64_t written = TINYC_TRY(integer_attribute(context, "axis", coerces ? 1 : -1));
  const int axis = TINYC_TRY(checked_axis(context, written, shape.rank()));
  std::int64_t outer = 1, size = 1;
  for (int i = 0; i < shape.rank(); ++i) (i < axis ? outer : size) *= shape[i];
  if (!coerces || size == shape[axis])
    return std::vector<ValueId>{TINYC_TRY(context.emit("softmax", {context.input(0)}, {{"axis", std::int64_t{axis}}}))};
  const std::vector<std::int64_t> flat_shape{outer, size};
  const ValueId flat = TINYC_TRY(context.emit("reshape", {context.input(0)}, {{"shape", flat_shape}}, "flat"));
  const ValueId soft = TINYC_TRY(context.emit("softmax", {flat}, {{"axis", std::int64_t{1}}}));
  return std::vector<ValueId>{TINYC_TRY(context.emit("reshape", {soft}, {{"shape", shape.sizes()}}, "unflat"))};
}

// Probabilities: all 256 steps cover [0, 255/256].
QuantRule rule(const NodeView&) {
  return {.result = QuantRule::Result::fixed, .fixed = Quantization::per_tensor(1.0f / 256, -128)};
}

// Per element: the maximum, the exponential with its sum, the quotient.
Work work(const NodeView& view) {
  const std::int64_t elements = view.result().shape.elements();
  return {.element_ops = 3 * elements, .requantizations = view.result().is_quantized() ? elements : 0};
}

}  // namespace

const OpDef& softmax() {
  static const OpDef def{
      .name = "softmax",
      .summary = "exp(x) over its sum along the attribute axis.",
      .onnx = {{"Softmax", import_softmax}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_wide>,
      .eval_int8 = eval_int8,
      .work = work,
      .quantization = rule,
      .lower = lower,
      .in_place_operand = 0,
  };
  return def;
}

}  // namespace tinyc::ops
