#include "lib/ops/reduce.h"

#include <algorithm>

#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

}  // namespace

Result<std::vector<Type>> infer_reduction(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& x = node.operand(0);
  const Integers axes = TINYC_TRY(require_integers(node, "axes"));
  const bool keep = TINYC_TRY(require_integer(node, "keepdims")) != 0;
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] < 0 || axes[i] >= x.shape.rank() || (i > 0 && axes[i] <= axes[i - 1]))
      return node.error("TC4010", std::string(node.op.name) + " has axes that are not ascending axes of " + x.shape.to_string());
  Integers sizes;
  for (int axis = 0; axis < x.shape.rank(); ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), axis)) sizes.push_back(x.shape[axis]);
    else if (keep) sizes.push_back(1);
  }
  return std::vector{Type{x.dtype, Shape(sizes)}};
}

Shape kept_shape(const Shape& operand, const Integers& axes) {
  Shape shape = operand;
  for (const std::int64_t axis : axes) shape[static_cast<int>(axis)] = 1;
  return shape;
}

std::int64_t reduced_count(const NodeView& node) {
  std::int64_t count = 1;
  for (const std::int64_t axis : node.attributes.integers("axes")) count *= node.operand(0).shape[static_cast<int>(axis)];
  return count;
}

Work work_of_reduction(const NodeView& node) {
  const std::int64_t results = node.result().shape.elements();
  return {.element_ops = node.operand(0).shape.elements(), .requantizations = node.result().dtype == DType::i8 ? results : 0};
}

Result<std::vector<ValueId>> import_reduction(ImportContext& context, std::string_view op, int axes_operand_since) {
  TINYC_TRY(check_inputs(context, 1, 2));
  const int rank = context.input_type(0).shape.rank();
  Integers named;
  if (context.opset() < axes_operand_since) {
    named = TINYC_TRY(attribute_or<Integers>(context, "axes", {}));
  } else if (context.has_input(1)) {
    named = TINYC_TRY(constant_integers(context, 1, "list of axes"));
  }
  if (named.empty()) {
    if (TINYC_TRY(integer_attribute(context, "noop_with_empty_axes", 0)) != 0) return std::vector{context.input(0)};
    for (int axis = 0; axis < rank; ++axis) named.push_back(axis);
  }
  const auto axes = TINYC_TRY(checked_axes(context, named, rank));
  const std::int64_t keep = TINYC_TRY(integer_attribute(context, "keepdims", 1)) != 0;
  return context.emit_all(op, {context.input(0)}, {{"axes", Integers(axes.begin(), axes.end())}, {"keepdims", keep}});
}

}  // namespace tinyc::ops
