// local_response_norm: x / (bias + alpha / size * the sum of the squares of `size` neighbours along `axis`)^beta.
// ONNX LRN.

#include <algorithm>
#include <cmath>

#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  TINYC_TRY(require_axis(node, "axis", node.operand(0).shape.rank()));
  const std::int64_t size = TINYC_TRY(require_integer(node, "size"));
  for (const char* name : {"alpha", "beta", "bias"}) TINYC_TRY(require_real(node, name));
  if (size < 1 || size > Shape::max_elements)
    return node.error("TC4010", "the size of local_response_norm is out of range");
  return infer_like_operand(node, Accepts::reals);
}

template <class T>
void evaluate(const NodeView& node, std::span<const T> x, std::span<T> y) {
  const Shape& shape = node.operand(0).shape;
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  const std::int64_t size = node.attributes.integer("size"), before = (size - 1) / 2, after = size / 2;
  const double alpha = node.attributes.real("alpha") / static_cast<double>(size);
  const double beta = node.attributes.real("beta"), bias = node.attributes.real("bias");
  for (std::int64_t i = 0; i < view.outer; ++i)
    for (std::int64_t c = 0; c < view.size; ++c)
      for (std::int64_t k = 0; k < view.inner; ++k) {
        const auto at = [&](std::int64_t channel) {
          return static_cast<std::size_t>((i * view.size + channel) * view.inner + k);
        };
        double sum = 0;
        for (std::int64_t n = std::max<std::int64_t>(c - before, 0); n <= std::min(c + after, view.size - 1); ++n)
          sum += static_cast<double>(x[at(n)]) * static_cast<double>(x[at(n)]);
        y[at(c)] = static_cast<T>(static_cast<double>(x[at(c)]) / std::pow(bias + alpha * sum, beta));
      }
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  if (out[0].dtype() == DType::f64) evaluate<double>(node, in[0]->data<double>(), out[0].mutable_data<double>());
  else evaluate<float>(node, in[0]->data<float>(), out[0].mutable_data<float>());
  return {};
}

Work work(const NodeView& node) {
  const Shape& shape = node.operand(0).shape;
  const std::int64_t channels = shape[*normalize_axis(node.attributes.integer("axis"), shape.rank())];
  return {.element_ops = shape.elements() * (std::min(node.attributes.integer("size"), channels) + 2)};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_single_precision(node));
  const Shape& shape = node.operand(0).shape;
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  const std::int64_t size = node.attributes.integer("size");
  KernelCall call = float_call(node, "tinyc_local_response_norm_f32");
  call.params = {{"outer", view.outer},
                 {"size", view.size},
                 {"inner", view.inner},
                 {"before", std::min((size - 1) / 2, view.size)},
                 {"after", std::min(size / 2, view.size)},
                 {"factor", static_cast<float>(node.attributes.real("alpha") / static_cast<double>(size))},
                 {"beta", static_cast<float>(node.attributes.real("beta"))},
                 {"bias", static_cast<float>(node.attributes.real("bias"))}};
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_lrn(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  if (context.input_type(0).shape.rank() < 2) return context.invalid("the input has no channels");
  const std::int64_t size = TINYC_TRY(required_attribute<std::int64_t>(context, "size"));
  const double alpha = TINYC_TRY(real_attribute(context, "alpha", 1e-4));
  const double beta = TINYC_TRY(real_attribute(context, "beta", 0.75));
  const double bias = TINYC_TRY(real_attribute(context, "bias", 1));
  return context.emit_all(
      "local_response_norm", {context.input(0)},
      {{"axis", std::int64_t{1}}, {"size", size}, {"alpha", alpha}, {"beta", beta}, {"bias", bias}});
}

}  // namespace

const OpDef& local_response_norm() {
  static const OpDef op{
      .name = "local_response_norm",
      .summary = "x / (bias + alpha / size · the sum of the squares of `size` neighbours along `axis`)^beta",
      .onnx = {{"LRN", import_lrn}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval>,
      .eval_int8 = no_integer_kernel,
      .work = work,
      .quantization = no_integer_kernel,
      .lower = no_integer_kernel,
      .lower_float = lower_float};
  return op;
}

}  // namespace tinyc::ops
