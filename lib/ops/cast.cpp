// cast: x converted to the element type `to` ("f32", "i64", ...). ONNX Cast and CastLike. The attribute `whole` says
// that the reals are whole numbers, as they are or once rounded, so that a cast back is the operand.

#include "lib/ops/binary_int8.h"
#include "lib/ops/checks.h"
#include "lib/ops/float_call.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"
#include "lib/ops/typed_call.h"

namespace tinyc::ops {
namespace {

constexpr const char* float_only = "it converts between element types, which an int8 graph does not have";

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  const Attribute* to = node.attributes.find("to");
  const auto* name = to ? std::get_if<std::string>(to) : nullptr;
  const auto dtype = name ? parse_dtype(*name) : std::nullopt;
  if (!dtype) return node.error("TC4010", "cast names no element type to convert to");
  return std::vector{Type{*dtype, node.operand(0).shape}};
}

Status eval(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  out[0] = in[0]->cast(node.result().dtype);
  return {};
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  TINYC_TRY(check_typed(node));
  if (node.operand(0).dtype == node.result().dtype) return std::vector<KernelCall>{};  // a view
  KernelCall call = float_call(node, "tinyc_cast_any");
  append(call, "count", node.result().shape.elements());
  append_type(call, "from", node.operand(0));
  append_type(call, "to", node.result());
  return std::vector{std::move(call)};
}

// What a cast of whole numbers to integers was made from; invalid for other values.
ValueId whole_numbers(ImportContext& context, ValueId value) {
  const NodeId producer = context.value(value).producer();
  if (!producer.valid()) return {};
  const Node& node = context.graph().node(producer);
  if (node.op().name != "cast" || !node.attributes().has("whole")) return {};
  const NodeId inner = context.value(node.operands().front()).producer();
  const bool rounded = inner.valid() && context.graph().node(inner).op().name == "round";
  return rounded ? context.graph().node(inner).operands().front() : node.operands().front();
}

Result<std::vector<ValueId>> emit_cast(ImportContext& context, DType to) {
  if (context.input_type(0).dtype == to) return std::vector{context.input(0)};
  if (const ValueId whole = whole_numbers(context, context.input(0));
      whole.valid() && context.value(whole).type().dtype == to)
    return std::vector{whole};
  return context.emit_all("cast", {context.input(0)}, {{"to", std::string(to_string(to))}});
}

Result<std::vector<ValueId>> import_cast(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 1, 1));
  const auto to = TINYC_TRY(required_attribute<std::int64_t>(context, "to"));
  return emit_cast(context, TINYC_TRY(checked_dtype(context, to)));
}

Result<std::vector<ValueId>> import_cast_like(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  return emit_cast(context, context.input_type(1).dtype);
}

}  // namespace

const OpDef& cast() {
  static const OpDef op{.name = "cast",
                        .summary = "x converted to the element type `to`; reals are truncated",
                        .onnx = {{"Cast", import_cast}, {"CastLike", import_cast_like}},
                        .infer = infer,
                        .eval_float = eval,
                        .eval_int8 = float_only,
                        .work = work_of_copy,
                        .quantization = float_only,
                        .lower = float_only,
                        .lower_float = lower_float,
                        .elementwise = true};
  return op;
}

}  // namespace tinyc::ops
