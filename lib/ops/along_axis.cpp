#include "lib/ops/along_axis.h"

#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {

AxisVectors axis_view(const NodeView& view) {
  const Shape& shape = view.operand(0).shape;
  const int at = *normalize_axis(view.attributes.integer("axis"), shape.rank());
  AxisVectors axis{.size = shape[at]};
  for (int i = 0; i < at; ++i) axis.outer *= shape[i];
  for (int i = at + 1; i < shape.rank(); ++i) axis.inner *= shape[i];
  return axis;
}

Result<std::vector<Type>> infer_along_axis(const NodeView& view, Accepts accepts) {
  TINYC_TRY(check_operand_count(view, 1, 1));
  TINYC_TRY(require_axis(view, "axis", view.operand(0).shape.rank()));
  return infer_like_operand(view, accepts);
}

Result<std::vector<ValueId>> import_along_axis(ImportContext& context, std::string_view op) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const Shape shape = context.input_type(0).shape;
  const bool coerces = context.opset() < 13;
  const std::int64_t written = TINYC_TRY(integer_attribute(context, "axis", coerces ? 1 : -1));
  const int axis = TINYC_TRY(checked_axis(context, written, shape.rank()));
  std::int64_t outer = 1, size = 1;
  for (int i = 0; i < shape.rank(); ++i) (i < axis ? outer : size) *= shape[i];
  if (!coerces || size == shape[axis])
    return std::vector<ValueId>{TINYC_TRY(context.emit(op, {context.input(0)}, {{"axis", std::int64_t{axis}}}))};
  const std::vector<std::int64_t> flat_shape{outer, size};
  const ValueId flat = TINYC_TRY(context.emit("reshape", {context.input(0)}, {{"shape", flat_shape}}, "flat"));
  const ValueId result = TINYC_TRY(context.emit(op, {flat}, {{"axis", std::int64_t{1}}}, "vectors"));
  return std::vector<ValueId>{TINYC_TRY(context.emit("reshape", {result}, {{"shape", shape.sizes()}}))};
}

Result<std::vector<KernelCall>> lower_float_along_axis(const NodeView& view, std::string kernel) {
  TINYC_TRY(check_single_precision(view));
  const AxisVectors axis = axis_view(view);
  KernelCall call = float_call(view, std::move(kernel));
  call.params = {{"outer", axis.outer}, {"size", axis.size}, {"inner", axis.inner}};
  return std::vector<KernelCall>{std::move(call)};
}

Work work_along_axis(const NodeView& view) {
  const std::int64_t elements = view.result().shape.elements();
  return {.element_ops = 3 * elements, .requantizations = view.result().is_quantized() ? elements : 0};
}

}  // namespace tinyc::ops
