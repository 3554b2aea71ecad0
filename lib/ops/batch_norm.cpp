#include <cmath>

#include "lib/ops/checks.h"
#include "lib/ops/elementwise.h"
#include "lib/ops/float_call.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/layout.h"

namespace tinyc::ops {
namespace {

constexpr const char* folded = "batch normalization of constants is folded into multiplications and additions";

Result<std::vector<Type>> infer(const NodeView& node) {
  if (node.operand_count() != 5 || !node.has(4))
    return node.error("TC4011", "batch_norm takes x, scale, bias, mean and variance");
  const Shape& x = node.operand(0).shape;
  if (x.rank() < 2 || !is_float(node.operand(0).dtype))
    return node.error("TC4011", "batch_norm of " + node.operand(0).to_string());
  for (int i = 1; i < 5; ++i)
    if (!node.has(i) || node.operand(i).shape != Shape{x[x.rank() - 1]} || node.operand(i).dtype != node.operand(0).dtype)
      return node.error("TC4011", "scale, bias, mean and variance need one element for each of " +
                                      std::to_string(x[x.rank() - 1]) + " channels");
  TINYC_TRY(require_real(node, "epsilon"));
  return std::vector<Type>{{node.operand(0).dtype, x}};
}

// scale * (x - mean) / sqrt(variance + epsilon) + bias
template <class T>
void evaluate(const NodeView& node, std::span<const Tensor* const> in, Tensor& out) {
  const auto x = in[0]->data<T>(), scale = in[1]->data<T>(), bias = in[2]->data<T>();
  const auto mean = in[3]->data<T>(), variance = in[4]->data<T>();
  const auto y = out.mutable_data<T>();
  const double epsilon = node.attributes.real("epsilon");
  std::vector<T> factor(scale.size());
  for (std::size_t c = 0; c < factor.size(); ++c) factor[c] = static_cast<T>(scale[c] / std::sqrt(variance[c] + epsilon));
  for (std::size_t i = 0; i < x.size(); i += factor.size())
    for (std::size_t c = 0; c < factor.size(); ++c) y[i + c] = (x[i + c] - mean[c]) * factor[c] + bias[c];
}

Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  if (out[0].dtype() == DType::f64) evaluate<double>(node, in, out[0]);
  else evaluate<float>(node, in, out[0]);
  return {};
}

// With f = 1 / sqrt(variance + epsilon); mean and variance are statistics and stay.
Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const>,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  if (in_gradients[3] || in_gradients[4])
    return node.error("TC3070", "batch_norm has no derivative by its mean and variance", "leave them as they are");
  const auto x = in[0]->data<float>(), scale = in[1]->data<float>(), mean = in[3]->data<float>(), variance = in[4]->data<float>();
  const auto g = out_gradients[0]->data<float>();
  const std::size_t channels = scale.size();
  std::vector<float> factor(channels);
  for (std::size_t c = 0; c < channels; ++c)
    factor[c] = static_cast<float>(1 / std::sqrt(variance[c] + node.attributes.real("epsilon")));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % channels;
    if (in_gradients[0]) in_gradients[0]->mutable_data<float>()[i] += g[i] * scale[c] * factor[c];
    if (in_gradients[1]) in_gradients[1]->mutable_data<float>()[c] += g[i] * (x[i] - mean[c]) * factor[c];
    if (in_gradients[2]) in_gradients[2]->mutable_data<float>()[c] += g[i];
  }
  return {};
}

Work work(const NodeView& node) {
  return {.element_ops = 2 * node.result().shape.elements(), .weight_elements = 4 * node.operand(1).shape.elements()};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_single_precision(node));
  const std::int64_t channels = node.operand(1).shape[0];
  KernelCall call = float_call(node, "tinyc_batch_norm_f32");
  call.params = {{"rows", channels == 0 ? 0 : node.result().shape.elements() / channels}, {"channels", channels},
                 {"epsilon", static_cast<float>(node.attributes.real("epsilon"))}};
  return std::vector{std::move(call)};
}

// running * momentum + present * (1 - momentum)
Result<ValueId> running_statistic(ImportContext& context, int running, ValueId present, double momentum, std::string_view name) {
  const DType dtype = context.input_type(running).dtype;
  const std::string suffix(name);
  const ValueId old_share = context.constant(suffix + "_momentum", Tensor::scalar(momentum).cast(dtype));
  const ValueId new_share = context.constant(suffix + "_rest", Tensor::scalar(1 - momentum).cast(dtype));
  const ValueId before = TINYC_TRY(context.emit("mul", {context.input(running), old_share}, {}, suffix + "_before"));
  const ValueId now = TINYC_TRY(context.emit("mul", {present, new_share}, {}, suffix + "_now"));
  return context.emit("add", {before, now}, {}, name);
}

// With the mean and variance of the batch itself; also what they make of the running ones.
Result<std::vector<ValueId>> import_training(ImportContext& context, int rank, const Attributes& attributes) {
  std::vector<std::int64_t> to_last{0}, to_first{0, rank - 1}, axes{0};
  for (int axis = 2; axis < rank; ++axis) {
    to_last.push_back(axis);
    to_first.push_back(axis - 1);
    axes.push_back(axis - 1);
  }
  to_last.push_back(1);
  if (rank == 2) to_first = to_last = {0, 1};
  const Attributes over_batch{{"axes", axes}, {"keepdims", std::int64_t{0}}};
  const double momentum = TINYC_TRY(real_attribute(context, "momentum", 0.9));
  const ValueId x = TINYC_TRY(context.emit("transpose", {context.input(0)}, {{"perm", to_last}}, "last"));
  const ValueId mean = TINYC_TRY(context.emit("reduce_mean", {x}, over_batch, "mean"));
  const ValueId difference = TINYC_TRY(context.emit("sub", {x, mean}, {}, "difference"));
  const ValueId square = TINYC_TRY(context.emit("mul", {difference, difference}, {}, "square"));
  const ValueId variance = TINYC_TRY(context.emit("reduce_mean", {square}, over_batch, "variance"));
  const ValueId y = TINYC_TRY(context.emit("batch_norm", {x, context.input(1), context.input(2), mean, variance}, attributes));
  const ValueId result = TINYC_TRY(context.emit("transpose", {y}, {{"perm", to_first}}, "first"));
  const ValueId running_mean = TINYC_TRY(running_statistic(context, 3, mean, momentum, "running_mean"));
  const ValueId running_variance = TINYC_TRY(running_statistic(context, 4, variance, momentum, "running_variance"));
  return std::vector{result, running_mean, running_variance};
}

Result<std::vector<ValueId>> import_batch_norm(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 5, 5));
  const bool training = TINYC_TRY(integer_attribute(context, "training_mode", 0)) != 0;
  if (context.output_count() > 1 && !training && context.opset() >= 14)
    return context.unsupported("outputs of training mode outside of it", "export the model for inference");
  if (TINYC_TRY(integer_attribute(context, "spatial", 1)) != 1)
    return context.unsupported("statistics per element (spatial = 0)", "export the model with an opset of 9 or later");
  const int rank = context.input_type(0).shape.rank();
  if (rank < 2) return context.invalid("the input has no channels: its shape is " + context.input_type(0).shape.to_string());
  const Attributes attributes{{"epsilon", TINYC_TRY(real_attribute(context, "epsilon", 1e-5))}};
  if (training) return import_training(context, rank, attributes);
  std::vector<ValueId> operands{context.input(0), context.input(1), context.input(2), context.input(3), context.input(4)};
  const auto normalize = [&](ValueId x) {
    operands[0] = x;
    return context.emit("batch_norm", operands, attributes);
  };
  if (rank == 2) return std::vector<ValueId>{TINYC_TRY(normalize(operands[0]))};
  if (rank <= 4) return std::vector<ValueId>{TINYC_TRY(emit_channels_last(context, operands[0], normalize))};
  std::vector<std::int64_t> to_last{0}, to_first{0, rank - 1};
  for (int axis = 2; axis < rank; ++axis) to_last.push_back(axis), to_first.push_back(axis - 1);
  to_last.push_back(1);
  const ValueId last = TINYC_TRY(context.emit("transpose", {operands[0]}, {{"perm", to_last}}, "last"));
  return std::vector<ValueId>{
      TINYC_TRY(context.emit("transpose", {TINYC_TRY(normalize(last))}, {{"perm", to_first}}, "first"))};
}

}  // namespace

const OpDef& batch_norm() {
  static const OpDef def{
      .name = "batch_norm",
      .summary = "scale * (x - mean) / sqrt(variance + epsilon) + bias per channel, the last axis of x.",
      .onnx = {{"BatchNormalization", import_batch_norm}},
      .infer = infer,
      .eval_float = with_halves_as_floats<eval_float>,
      .eval_int8 = folded,
      .work = work,
      .quantization = folded,
      .lower = folded,
      .gradient = gradient,
      .lower_float = lower_float,
  };
  return def;
}

}  // namespace tinyc::ops
