// layer_norm: (x - mean) / sqrt(variance + epsilon) over `axes`, times scale, plus bias. ONNX LayerNormalization,
// InstanceNormalization and MeanVarianceNormalization; GroupNormalization is a view of it (group_norm.cpp).

#include "lib/ops/layer_norm.h"

#include <algorithm>
#include <cmath>

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/reduce.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 3));
  const Type& x = node.operand(0);
  const Integers axes = TINYC_TRY(require_integers(node, "axes"));
  if (!(TINYC_TRY(require_real(node, "epsilon")) >= 0))
    return node.error("TC4010", "layer_norm with a negative epsilon");
  if (!is_float(x.dtype)) return unsupported_dtype(node, x.dtype);
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] < 0 || axes[i] >= x.shape.rank() || (i > 0 && axes[i] <= axes[i - 1]))
      return node.error("TC4010", "layer_norm has axes that are not ascending axes of " + x.shape.to_string());
  for (int i = 1; i < node.operand_count(); ++i)
    if (!node.has(i) || node.operand(i).dtype != x.dtype || broadcast(x.shape, node.operand(i).shape) != x.shape)
      return node.error("TC4010", "the scale and the bias of layer_norm must broadcast to " + x.to_string());
  return std::vector{Type{x.dtype, x.shape}};
}

template <class T>
void evaluate(const NodeView& node, std::span<const Tensor* const> in, Tensor& out) {
  const auto x = in[0]->data<T>();
  const auto y = out.mutable_data<T>();
  const Shape kept = kept_shape(in[0]->shape(), node.attributes.integers("axes"));
  const auto count = static_cast<double>(reduced_count(node));
  std::vector<double> means(static_cast<std::size_t>(kept.elements()), 0.0), squares(means.size(), 0.0);
  for_each_reduced(node, [&](std::size_t from, std::size_t to) { means[to] += static_cast<double>(x[from]); });
  for (double& mean : means) mean /= count;
  for_each_reduced(node, [&](std::size_t from, std::size_t to) {
    const double centered = static_cast<double>(x[from]) - means[to];
    squares[to] += centered * centered;
  });
  const double epsilon = node.attributes.real("epsilon");
  for_each_reduced(node, [&](std::size_t from, std::size_t to) {
    y[from] = static_cast<T>((static_cast<double>(x[from]) - means[to]) / std::sqrt(squares[to] / count + epsilon));
  });
  const auto combine = [&](std::size_t operand, auto f) {
    if (in.size() > operand)
      apply_binary<T, T, T>(out.shape(), y, in[operand]->shape(), in[operand]->data<T>(), out.shape(), y, f);
  };
  combine(1, [](T a, T b) { return a * b; });
  combine(2, [](T a, T b) { return a + b; });
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  if (out[0].dtype() == DType::f64) evaluate<double>(node, in, out[0]);
  else evaluate<float>(node, in, out[0]);
  return {};
}

// Sum, squares, and the quotient with scale and bias.
Work work(const NodeView& node) {
  Work work{.element_ops = 4 * node.result().shape.elements()};
  for (int i = 1; i < node.operand_count(); ++i) work.weight_elements += node.operand(i).shape.elements();
  return work;
}

// Neighbouring axes in one loop, outermost first: with steps of x, of the scale and of the bias.
struct Loop {
  std::int64_t size = 1;
  std::array<std::int64_t, 3> steps{};
};
struct Loops {
  std::vector<Loop> kept, reduced;
};

Loops loops_of(const NodeView& node) {
  const Shape& shape = node.operand(0).shape;
  const Integers& axes = node.attributes.integers("axes");
  Loops loops;
  std::vector<Loop>* last = nullptr;  // of the axis before
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    Loop loop{shape[axis], {}};
    for (int i = 0; i < node.operand_count(); ++i) {
      const Shape& own = node.operand(i).shape;
      const int at = axis - (shape.rank() - own.rank());
      if (at >= 0 && own[at] != 1)
        loop.steps[static_cast<std::size_t>(i)] = own.strides()[static_cast<std::size_t>(at)];
    }
    std::vector<Loop>& group = std::find(axes.begin(), axes.end(), axis) == axes.end() ? loops.kept : loops.reduced;
    bool merges = last == &group;
    for (std::size_t i = 0; merges && i < 3; ++i) merges = group.back().steps[i] == loop.steps[i] * loop.size;
    if (merges) group.back() = {group.back().size * loop.size, loop.steps};
    else group.push_back(loop);
    last = &group;
  }
  return loops;
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  constexpr std::size_t most = 3;
  TINYC_TRY(check_single_precision(node));
  Loops loops = loops_of(node);
  if (loops.kept.size() > most || loops.reduced.size() > most)
    return node.error("TC3014", "layer_norm over more than three runs of axes", "transpose first");
  for (std::vector<Loop>* group : {&loops.kept, &loops.reduced})
    group->insert(group->begin(), most - group->size(), Loop{});
  KernelCall call = float_call(node, "tinyc_layer_norm_f32");
  call.inputs.resize(3);
  const auto append_group = [&](const std::string& name, const std::vector<Loop>& group, auto value) {
    for (std::size_t i = 0; i < most; ++i) append(call, name + std::to_string(i), value(group[i]));
  };
  append_group("kept", loops.kept, [](const Loop& loop) { return loop.size; });
  append_group("reduced", loops.reduced, [](const Loop& loop) { return loop.size; });
  const char* const prefixes[] = {"", "scale_", "bias_"};
  for (std::size_t operand = 0; operand < 3; ++operand) {
    const auto step = [operand](const Loop& loop) { return loop.steps[operand]; };
    append_group(std::string(prefixes[operand]) + "kept_step", loops.kept, step);
    append_group(std::string(prefixes[operand]) + "reduced_step", loops.reduced, step);
  }
  call.params.push_back({"epsilon", static_cast<float>(node.attributes.real("epsilon"))});
  return std::vector{std::move(call)};
}

// [C] as [C, 1, ...], which broadcasts to [N, C, spatial...].
Result<ValueId> per_channel(ImportContext& context, int input, int rank, std::string_view suffix) {
  Integers shape(static_cast<std::size_t>(rank - 1), 1);
  shape[0] = context.input_type(input).shape.elements();
  return context.emit("reshape", {context.input(input)}, {{"shape", shape}}, suffix);
}

Result<std::vector<ValueId>> import_instance_norm(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 3, 3));
  const Shape shape = context.input_type(0).shape;
  if (shape.rank() < 3) return context.invalid("the input has no spatial axes: its shape is " + shape.to_string());
  for (int i = 1; i < 3; ++i)
    if (context.input_type(i).shape != Shape{shape[1]})
      return context.invalid("scale and bias need one element per channel");
  Integers axes;
  for (int axis = 2; axis < shape.rank(); ++axis) axes.push_back(axis);
  const ValueId scale = TINYC_TRY(per_channel(context, 1, shape.rank(), "scale"));
  const ValueId bias = TINYC_TRY(per_channel(context, 2, shape.rank(), "bias"));
  const double epsilon = TINYC_TRY(real_attribute(context, "epsilon", 1e-5));
  return std::vector{TINYC_TRY(emit_layer_norm(context, context.input(0), axes, epsilon, {scale, bias}))};
}

Result<std::vector<ValueId>> import_mean_variance(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Integers named = TINYC_TRY(attribute_or<Integers>(context, "axes", {0, 2, 3}));
  const auto axes = TINYC_TRY(checked_axes(context, named, context.input_type(0).shape.rank()));
  // ONNX adds 1e-9 to the deviation; here it is added to its square.
  return std::vector{TINYC_TRY(emit_layer_norm(context, context.input(0), Integers(axes.begin(), axes.end()), 1e-18))};
}

// The outputs beside the result: the mean and 1 / sqrt(variance + epsilon).
Result<std::vector<ValueId>> statistics(ImportContext& context, ValueId x, const Integers& axes, double epsilon) {
  const Attributes over{{"axes", axes}, {"keepdims", std::int64_t{1}}};
  const ValueId mean = TINYC_TRY(context.emit("reduce_mean", {x}, over, "mean"));
  const ValueId centered = TINYC_TRY(context.emit("sub", {x, mean}, {}, "centered"));
  const ValueId squares = TINYC_TRY(context.emit("mul", {centered, centered}, {}, "squares"));
  const ValueId variance = TINYC_TRY(context.emit("reduce_mean", {squares}, over, "variance"));
  const Tensor number = Tensor::scalar(epsilon).cast(context.value(x).type().dtype);
  const ValueId raised = TINYC_TRY(context.emit("add", {variance, context.constant("epsilon", number)}, {}, "raised"));
  const ValueId deviation = TINYC_TRY(context.emit("sqrt", {raised}, {}, "deviation"));
  const ValueId inverse = TINYC_TRY(context.emit("reciprocal", {deviation}, {}, "inverse"));
  return std::vector{mean, inverse};
}

Result<std::vector<ValueId>> import_layer_norm(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 3));
  const int rank = context.input_type(0).shape.rank();
  const std::int64_t first = TINYC_TRY(checked_axis(context, TINYC_TRY(integer_attribute(context, "axis", -1)), rank));
  Integers axes;
  for (std::int64_t axis = first; axis < rank; ++axis) axes.push_back(axis);
  std::vector<ValueId> affine{context.input(1)};
  if (context.has_input(2)) affine.push_back(context.input(2));
  const double epsilon = TINYC_TRY(real_attribute(context, "epsilon", 1e-5));
  std::vector<ValueId> outputs;
  if (context.output_count() > 1) outputs = TINYC_TRY(statistics(context, context.input(0), axes, epsilon));
  outputs.insert(outputs.begin(), TINYC_TRY(emit_layer_norm(context, context.input(0), axes, epsilon, affine)));
  outputs.resize(static_cast<std::size_t>(std::min<int>(context.output_count(), static_cast<int>(outputs.size()))));
  return outputs;
}

}  // namespace

Result<ValueId> emit_layer_norm(ImportContext& context, ValueId x, std::vector<std::int64_t> axes, double epsilon,
                                std::vector<ValueId> affine, std::string_view suffix) {
  std::vector<ValueId> operands{x};
  operands.insert(operands.end(), affine.begin(), affine.end());
  return context.emit("layer_norm", std::move(operands), {{"axes", std::move(axes)}, {"epsilon", epsilon}}, suffix);
}

const OpDef& layer_norm() {
  static const OpDef op{
      .name = "layer_norm",
      .summary = "(x - mean) / sqrt(variance + epsilon) over `axes`, times scale, plus bias, which broadcast to x",
      .onnx = {{"LayerNormalization", import_layer_norm},
               {"InstanceNormalization", import_instance_norm},
               {"MeanVarianceNormalization", import_mean_variance}},
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
