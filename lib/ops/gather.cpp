// gather: the slices of x at `indices` along `axis`; negative indices count from the end. ONNX Gather, and Compress,
// whose condition must be constant.

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Status check_range(const NodeView& node, const Integers& indices, std::int64_t size, const char* id) {
  for (const std::int64_t index : indices)
    if (index < -size || index >= size)
      return node.error(id, "the index " + std::to_string(index) + " is out of range for an axis of " + std::to_string(size));
  return {};
}

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 2, 2));
  const Type& x = node.operand(0);
  const Type& indices = node.operand(1);
  const int axis = TINYC_TRY(require_axis(node, "axis", x.shape.rank()));
  if (indices.dtype != DType::i64 && indices.dtype != DType::i32)
    return node.error("TC4010", "the indices of gather are not integers");
  if (const Tensor* constant = node.constant(1))
    TINYC_TRY(check_range(node, constant->to_integers(), x.shape[axis], "TC4010"));
  Integers sizes(x.shape.begin(), x.shape.begin() + axis);
  sizes.insert(sizes.end(), indices.shape.begin(), indices.shape.end());
  sizes.insert(sizes.end(), x.shape.begin() + axis + 1, x.shape.end());
  Type result{x.dtype, Shape(sizes), x.quantization};
  if (result.quantization && !result.quantization->is_per_tensor())
    return node.error("TC4010", "gather of per-channel quantized elements");
  return std::vector{result};
}

// Of x seen as [outer, size, inner]; `indices` are in range.
std::vector<Integers> maps(const AxisView& x, Integers indices) {
  std::vector<Integers> maps(3);
  for (std::int64_t i = 0; i < x.outer; ++i) maps[0].push_back(i);
  for (std::int64_t i = 0; i < x.inner; ++i) maps[2].push_back(i);
  for (std::int64_t& index : indices) index += index < 0 ? x.size : 0;
  maps[1] = std::move(indices);
  return maps;
}

AxisView axis_view(const NodeView& node) {
  const Shape& shape = node.operand(0).shape;
  return view_axis(shape, *normalize_axis(node.attributes.integer("axis"), shape.rank()));
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const AxisView x = axis_view(node);
  const Integers indices = in[1]->to_integers();
  TINYC_TRY(check_range(node, indices, x.size, "TC6012"));
  Tensor result(out[0].dtype(), Shape{x.outer, static_cast<std::int64_t>(indices.size()), x.inner});
  copy_mapped(in[0]->reshaped(Shape{x.outer, x.size, x.inner}), maps(x, indices), result);
  out[0] = result.reshaped(out[0].shape());
  return {};
}

// With indices that are computed.
Result<std::vector<KernelCall>> lower_take(const NodeView& node, const AxisView& x) {
  TINYC_TRY(check_indexed(node));
  KernelCall call = float_call(node, "tinyc_take_bytes");
  append(call, "outer", x.outer);
  append(call, "size", x.size);
  append(call, "run_bytes", x.inner * static_cast<std::int64_t>(size_of(node.result().dtype)));
  append_type(call, "index_type", node.operand(1));
  append(call, "index_count", node.operand(1).shape.elements());
  return std::vector{std::move(call)};
}

Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const Tensor* indices = node.constant(1);
  const AxisView x = axis_view(node);
  if (!indices) return lower_take(node, x);
  return lower_mapped_copy(node, Shape{x.outer, x.size, x.inner}, maps(x, indices->to_integers()));
}

Result<std::vector<ValueId>> import_gather(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const std::int64_t axis = TINYC_TRY(integer_attribute(context, "axis", 0));
  const int normal = TINYC_TRY(checked_axis(context, axis, context.input_type(0).shape.rank()));
  return context.emit_all("gather", {context.input(0), context.input(1)}, {{"axis", std::int64_t{normal}}});
}

Result<std::vector<ValueId>> import_compress(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const Tensor* condition = context.input_constant(1);  // valid until the graph grows
  if (!condition)
    return context.unsupported("the condition is computed at run time, so that the result has no static shape");
  const Integers flags = condition->to_integers();
  ValueId x = context.input(0);
  std::int64_t axis = 0;
  if (context.attributes().has("axis")) {
    const auto named = TINYC_TRY(required_attribute<std::int64_t>(context, "axis"));
    axis = TINYC_TRY(checked_axis(context, named, context.input_type(0).shape.rank()));
  } else {
    x = TINYC_TRY(context.emit("reshape", {x}, {{"shape", Integers{context.input_type(0).shape.elements()}}}, "flat"));
  }
  Integers kept;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (flags[i] != 0) kept.push_back(static_cast<std::int64_t>(i));
  const Tensor indices = Tensor::of(Shape{static_cast<std::int64_t>(kept.size())}, kept);
  return context.emit_all("gather", {x, context.constant("indices", indices)}, {{"axis", axis}});
}

}  // namespace

const OpDef& gather() {
  static const OpDef op{.name = "gather",
                        .summary = "the slices of x at the integers `indices` along `axis`",
                        .onnx = {{"Gather", import_gather}, {"Compress", import_compress}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = eval,
                        .work = work_of_copy,
                        .quantization = as_operand_rule,
                        .lower = lower,
                        .lower_float = lower};
  return op;
}

}  // namespace tinyc::ops
