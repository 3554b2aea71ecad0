#include "lib/ops/arg_extreme.h"

#include "lib/ops/binary_int8.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {

Result<std::vector<Type>> infer_arg_extreme(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Type& x = node.operand(0);
  const int axis = TINYC_TRY(require_axis(node, "axis", x.shape.rank()));
  const bool keep = TINYC_TRY(require_integer(node, "keepdims")) != 0;
  TINYC_TRY(require_integer(node, "select_last_index"));
  if (!accepts_dtype(Accepts::numbers, x.dtype)) return unsupported_dtype(node, x.dtype);
  if (x.shape[axis] == 0) return node.error("TC4010", std::string(node.op.name) + " of no elements is not defined");
  std::vector<std::int64_t> sizes = x.shape.sizes();
  if (keep) sizes[static_cast<std::size_t>(axis)] = 1;
  else sizes.erase(sizes.begin() + axis);
  return std::vector{Type{DType::i64, Shape(sizes)}};
}

Status eval_arg_extreme(const NodeView& node, const Tensor& x, Tensor& out, bool largest) {
  const AxisView view = view_axis(x.shape(), *normalize_axis(node.attributes.integer("axis"), x.shape().rank()));
  const bool last = node.attributes.integer("select_last_index") != 0;
  const auto y = out.mutable_data<std::int64_t>();
  visit_dtype(x.dtype(), [&]<class T>(T) {
    const auto data = x.data<T>();
    for (std::int64_t i = 0; i < view.outer; ++i) {
      for (std::int64_t k = 0; k < view.inner; ++k) {
        const auto at = [&](std::int64_t j) { return data[static_cast<std::size_t>((i * view.size + j) * view.inner + k)]; };
        std::int64_t best = 0;
        for (std::int64_t j = 1; j < view.size; ++j)
          if ((largest ? at(j) > at(best) : at(j) < at(best)) || (last && at(j) == at(best))) best = j;
        y[static_cast<std::size_t>(i * view.inner + k)] = best;
      }
    }
  });
  return {};
}

// ~max(~x) is min(x): `flip` is -1 for it.
Result<std::vector<KernelCall>> lower_arg_extreme(const NodeView& node, bool largest) {
  const Shape& shape = node.operand(0).shape;
  const AxisView view = view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
  KernelCall call{.kernel = "tinyc_arg_extreme_s8", .inputs = {node.operand_ids[0]}, .outputs = {node.result_ids[0]}};
  append(call, "outer", view.outer);
  append(call, "size", view.size);
  append(call, "inner", view.inner);
  append(call, "flip", largest ? 0 : -1);
  append(call, "last", node.attributes.integer("select_last_index") != 0);
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower_arg_extreme_float(const NodeView& node, bool largest) {
  TINYC_TRY(check_typed(node));
  const bool real = is_f32(node.operand(0));
  KernelCall call = float_call(node, real ? "tinyc_arg_extreme_f32" : "tinyc_arg_extreme_int");
  append_axis_view(call, node);
  if (!real) append_type(call, "type", node.operand(0));
  append(call, "largest", largest);
  append(call, "last", node.attributes.integer("select_last_index") != 0);
  return std::vector{std::move(call)};
}

Result<std::vector<ValueId>> import_arg_extreme(ImportContext& context, std::string_view op) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const auto named = TINYC_TRY(integer_attribute(context, "axis", 0));
  const std::int64_t axis = TINYC_TRY(checked_axis(context, named, context.input_type(0).shape.rank()));
  const std::int64_t keepdims = TINYC_TRY(integer_attribute(context, "keepdims", 1));
  const std::int64_t select_last = TINYC_TRY(integer_attribute(context, "select_last_index", 0));
  return context.emit_all(op, {context.input(0)},
                          {{"axis", axis}, {"keepdims", keepdims}, {"select_last_index", select_last}});
}

}  // namespace tinyc::ops
