// reshape: the operand's elements in the same order under another shape. ONNX Reshape, Flatten, Squeeze and
// Unsqueeze become it, with the shape they come to.

#include <algorithm>

#include "lib/ops/checks.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

// Where the axis of per-channel parameters is found in the result: an axis of the same size with as many
// elements before it.
std::optional<int> carried_axis(const Shape& from, int axis, const Shape& to) {
  const AxisView channel = view_axis(from, axis);
  for (int i = 0; i < to.rank(); ++i) {
    const AxisView candidate = view_axis(to, i);
    if (candidate.outer == channel.outer && candidate.size == channel.size) return i;
  }
  return std::nullopt;
}

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& operand = node.operand(0);
  Type result{operand.dtype, Shape(TINYC_TRY(require_integers(node, "shape"))), operand.quantization};
  if (!result.shape.valid() || result.shape.elements() != operand.shape.elements())
    return node.error("TC4010", "reshape of " + operand.shape.to_string() + " to " + result.shape.to_string() +
                                    " changes the number of elements");
  if (result.quantization && !result.quantization->is_per_tensor()) {
    const auto axis = carried_axis(operand.shape, result.quantization->axis, result.shape);
    if (!axis) return node.error("TC4010", "reshape mixes the channels of per-channel quantization parameters");
    result.quantization->axis = *axis;
  }
  return std::vector{result};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = in[0]->reshaped(node.result().shape);
  return {};
}

Result<std::vector<KernelCall>> lower(const NodeView&, const CoreFeatures&) { return std::vector<KernelCall>{}; }

Result<std::vector<ValueId>> emit_shape(ImportContext& context, Integers shape) {
  return context.emit_all("reshape", {context.input(0)}, {{"shape", std::move(shape)}});
}

Result<std::vector<ValueId>> import_reshape(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const Shape from = context.input_type(0).shape;
  Integers shape = TINYC_TRY(constant_integers(context, 1, "shape"));
  const bool allow_zero = TINYC_TRY(integer_attribute(context, "allowzero", 0)) != 0;
  std::int64_t known = 1;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0 && !allow_zero) {
      if (static_cast<int>(i) >= from.rank())
        return context.invalid("size 0 of axis " + std::to_string(i) + " copies a size the operand does not have");
      shape[i] = from[static_cast<int>(i)];
    }
    if (shape[i] == -1 && !open) open = i;
    else if (shape[i] < 0 || shape[i] > Shape::max_elements) return context.invalid("shape has an invalid size");
    else known = std::min(known * shape[i], Shape::max_elements + 1);  // stays far from overflow
  }
  if (open) {
    if (known == 0 || from.elements() % known != 0)
      return context.invalid("the size -1 of shape " + Shape(shape).to_string() + " does not come out even for " +
                             from.to_string());
    shape[*open] = from.elements() / known;
  }
  return emit_shape(context, std::move(shape));
}

Result<std::vector<ValueId>> import_flatten(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Shape from = context.input_type(0).shape;
  const std::int64_t axis = TINYC_TRY(integer_attribute(context, "axis", 1));
  if (axis < -from.rank() || axis > from.rank())
    return context.invalid("axis " + std::to_string(axis) + " is out of range for " + from.to_string());
  const std::int64_t split = axis < 0 ? axis + from.rank() : axis;
  Integers shape{1, 1};
  for (int i = 0; i < from.rank(); ++i) shape[i < split ? 0 : 1] *= from[i];
  return emit_shape(context, std::move(shape));
}

// The axes of Squeeze and Unsqueeze: an attribute before opset 13, then an operand; nothing when absent.
Result<std::optional<Integers>> import_axes(ImportContext& context) {
  if (context.opset() >= 13) {
    TINYC_TRY(check_inputs(context, 1, 2));
    if (!context.has_input(1)) return std::optional<Integers>();
    return std::optional(TINYC_TRY(constant_integers(context, 1, "list of axes")));
  }
  TINYC_TRY(check_inputs(context, 1, 1));
  if (!context.attributes().has("axes")) return std::optional<Integers>();
  return std::optional(TINYC_TRY(required_attribute<Integers>(context, "axes")));
}

Result<std::vector<ValueId>> import_squeeze(ImportContext& context) {
  const auto named = TINYC_TRY(import_axes(context));
  const Shape from = context.input_type(0).shape;
  std::vector<int> axes;
  if (named) {
    axes = TINYC_TRY(checked_axes(context, *named, from.rank()));
  } else {
    for (int i = 0; i < from.rank(); ++i)
      if (from[i] == 1) axes.push_back(i);
  }
  Integers shape;
  for (int i = 0; i < from.rank(); ++i) {
    if (!std::binary_search(axes.begin(), axes.end(), i)) shape.push_back(from[i]);
    else if (from[i] != 1) return context.invalid("axis " + std::to_string(i) + " of " + from.to_string() + " is not 1");
  }
  return emit_shape(context, std::move(shape));
}

Result<std::vector<ValueId>> import_unsqueeze(ImportContext& context) {
  const auto named = TINYC_TRY(import_axes(context));
  if (!named) return context.invalid("the axes are missing");
  const Shape from = context.input_type(0).shape;
  const int rank = from.rank() + static_cast<int>(named->size());
  const std::vector<int> axes = TINYC_TRY(checked_axes(context, *named, rank));
  Integers shape;
  for (int i = 0, next = 0; i < rank; ++i)
    shape.push_back(std::binary_search(axes.begin(), axes.end(), i) ? 1 : from[next++]);
  return emit_shape(context, std::move(shape));
}

}  // namespace

const OpDef& reshape() {
  static const OpDef op{.name = "reshape",
                        .summary = "the elements of x in the same order under the shape `shape`",
                        .onnx = {{"Reshape", import_reshape},
                                 {"Flatten", import_flatten},
                                 {"Squeeze", import_squeeze},
                                 {"Unsqueeze", import_unsqueeze}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = eval,
                        .work = no_work,
                        .quantization = as_operand_rule,
                        .lower = lower,
                        .gradient = view_gradient,
                        .lower_float = lower,
                        .is_view = true};
  return op;
}

}  // namespace tinyc::ops
