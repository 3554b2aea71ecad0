// expand: x with its axes of size 1 repeated up to the sizes of `shape`, which has x's rank. ONNX Expand.

#include "lib/ops/checks.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  Type result = node.operand(0);
  const Shape shape(TINYC_TRY(require_integers(node, "shape")));
  if (!shape.valid() || shape.rank() != result.shape.rank() || broadcast(result.shape, shape) != shape)
    return node.error("TC4010", "expand of " + result.shape.to_string() + " to " + shape.to_string());
  if (result.quantization && !result.quantization->is_per_tensor() &&
      shape[result.quantization->axis] != result.shape[result.quantization->axis])
    return node.error("TC4010", "expand along the axis of per-channel parameters");
  result.shape = shape;
  return std::vector{result};
}

std::vector<Integers> maps(const NodeView& node) {
  std::vector<Integers> maps;
  for (int axis = 0; axis < node.result().shape.rank(); ++axis) {
    Integers& map = maps.emplace_back();
    for (std::int64_t i = 0; i < node.result().shape[axis]; ++i)
      map.push_back(node.operand(0).shape[axis] == 1 ? 0 : i);
  }
  return maps;
}

Result<std::vector<ValueId>> import_expand(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  const Shape from = context.input_type(0).shape;
  const Shape wanted(TINYC_TRY(constant_integers(context, 1, "shape")));
  const auto to = wanted.valid() ? broadcast(from, wanted) : std::nullopt;
  if (!to) return context.invalid(from.to_string() + " does not broadcast to " + wanted.to_string());
  ValueId x = context.input(0);
  if (from.rank() < to->rank()) {
    Integers shape(static_cast<std::size_t>(to->rank() - from.rank()), 1);
    shape.insert(shape.end(), from.begin(), from.end());
    x = TINYC_TRY(context.emit("reshape", {x}, {{"shape", shape}}, "rank"));
  }
  return context.emit_all("expand", {x}, {{"shape", to->sizes()}});
}

}  // namespace

const OpDef& expand() {
  static const OpDef op = mapped_op<maps>("expand", "x with its axes of size 1 repeated up to the sizes of `shape`",
                                          {{"Expand", import_expand}}, infer);
  return op;
}

}  // namespace tinyc::ops
