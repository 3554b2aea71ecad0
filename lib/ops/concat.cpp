// concat: the operands one after the other along `axis`. ONNX Concat.

#include <algorithm>

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/gradient.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, node.operand_count() > 0 ? node.operand_count() : 1, node.operand_count()));
  Type result = node.operand(0);
  const int axis = TINYC_TRY(require_axis(node, "axis", result.shape.rank()));
  for (int i = 1; i < node.operand_count(); ++i) {
    const Type& operand = node.operand(i);
    Shape expected = result.shape;
    if (operand.shape.rank() == expected.rank()) expected[axis] = operand.shape[axis];
    if (operand.dtype != result.dtype || operand.shape != expected)
      return node.error("TC4010", "concat along axis " + std::to_string(axis) + " of " + node.operand(0).to_string() +
                                      " and " + operand.to_string() + ", which do not fit");
    result.shape[axis] += operand.shape[axis];
    if (operand.quantization != result.quantization) result.quantization.reset();
  }
  if (result.quantization && result.quantization->axis == axis) result.quantization.reset();
  return std::vector{result};
}

int axis_of(const NodeView& node) {
  return *normalize_axis(node.attributes.integer("axis"), node.result().shape.rank());
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const int axis = axis_of(node);
  const std::size_t element = size_of(out[0].dtype());
  const auto row_bytes = [&](const Shape& shape) {
    const AxisView view = view_axis(shape, axis);
    return static_cast<std::size_t>(view.size * view.inner) * element;
  };
  const auto to = out[0].mutable_bytes();
  const std::size_t out_row = row_bytes(out[0].shape());
  std::size_t offset = 0;
  for (const Tensor* tensor : in) {
    const std::size_t row = row_bytes(tensor->shape());
    const auto from = tensor->bytes();
    for (std::size_t at = 0, place = offset; at < from.size(); at += row, place += out_row)
      std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), row, to.begin() + static_cast<std::ptrdiff_t>(place));
    offset += row;
  }
  return {};
}

Status gradient(const NodeView& node, std::span<const Tensor* const> in, std::span<const Tensor* const>,
                std::span<const Tensor* const> out_gradients, std::span<Tensor* const> in_gradients) {
  const int axis = axis_of(node);
  const AxisView result = view_axis(node.result().shape, axis);
  const float* g = out_gradients[0]->data<float>().data();
  for (std::size_t k = 0; k < in.size(); ++k) {
    const AxisView operand = view_axis(in[k]->shape(), axis);
    const std::int64_t row = operand.size * operand.inner;
    float* to = in_gradients[k] ? in_gradients[k]->mutable_data<float>().data() : nullptr;
    for (std::int64_t o = 0; to && o < operand.outer; ++o)
      for (std::int64_t i = 0; i < row; ++i) to[o * row + i] += g[o * result.size * result.inner + i];
    g += row;
  }
  return {};
}

Status eval_int8(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  check_same_parameters(node);
  return eval(node, in, out);
}

// One call per operand, each of which copies its rows to their places in the result.
Result<std::vector<KernelCall>> lower(const NodeView& node, const CoreFeatures&) {
  const int axis = axis_of(node);
  const AxisView result = view_axis(node.result().shape, axis);
  const auto element = static_cast<std::int64_t>(size_of(node.result().dtype));
  std::vector<KernelCall> calls;
  std::int64_t offset = 0;
  for (int i = 0; i < node.operand_count(); ++i) {
    const AxisView operand = view_axis(node.operand(i).shape, axis);
    const std::int64_t row = operand.size * operand.inner * element;
    const Tensor* constant = node.constant(i);
    KernelCall call{.kernel = constant ? "tinyc_copy_constant_bytes" : "tinyc_copy_rows_bytes", .outputs = {node.result_ids[0]}};
    append(call, "rows", operand.outer);
    append(call, "row_bytes", row);
    if (!constant) {
      call.inputs = {node.operand_ids[static_cast<std::size_t>(i)]};
      append(call, "in_offset", 0);
      append(call, "in_step", row);
    }
    append(call, "out_offset", offset);
    append(call, "out_step", result.size * result.inner * element);
    if (constant) call.params.push_back({"constant", Table{*constant}});
    offset += row;
    if (row > 0) calls.push_back(std::move(call));
  }
  return calls;
}

QuantRule rule(const NodeView&) { return {.unify = true}; }

Result<std::vector<ValueId>> import_concat(ImportContext& context) {
  TINYC_TRY(check_inputs(context, std::max(context.input_count(), 1), context.input_count()));
  std::vector<ValueId> operands;
  for (int i = 0; i < context.input_count(); ++i) operands.push_back(context.input(i));
  const auto axis = TINYC_TRY(required_attribute<std::int64_t>(context, "axis"));
  const int normal = TINYC_TRY(checked_axis(context, axis, context.input_type(0).shape.rank()));
  return context.emit_all("concat", std::move(operands), {{"axis", std::int64_t{normal}}});
}

}  // namespace

const OpDef& concat() {
  static const OpDef op{.name = "concat",
                        .summary = "the operands one after the other along `axis`",
                        .onnx = {{"Concat", import_concat}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = eval_int8,
                        .work = work_of_copy,
                        .quantization = rule,
                        .lower = lower,
                        .gradient = gradient,
                        .lower_float = lower};
  return op;
}

}  // namespace tinyc::ops
