// tile: x repeated along each axis as often as `repeats` says. ONNX Tile.

#include "lib/ops/checks.h"
#include "lib/ops/import_util.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  Type result = node.operand(0);
  const Integers repeats = TINYC_TRY(require_integers(node, "repeats"));
  if (static_cast<int>(repeats.size()) != result.shape.rank())
    return node.error("TC4010", "tile needs as many repeats as x has axes");
  for (int axis = 0; axis < result.shape.rank(); ++axis) {
    const std::int64_t times = repeats[static_cast<std::size_t>(axis)];
    if (times < 0 || times > Shape::max_elements) return node.error("TC4010", "repeats are out of range");
    if (result.quantization && result.quantization->axis == axis && times != 1)
      return node.error("TC4010", "tile along the axis of per-channel parameters");
    result.shape[axis] *= times;
  }
  return std::vector{result};
}

std::vector<Integers> maps(const NodeView& node) {
  std::vector<Integers> maps;
  for (int axis = 0; axis < node.result().shape.rank(); ++axis) {
    Integers& map = maps.emplace_back();
    for (std::int64_t i = 0; i < node.result().shape[axis]; ++i) map.push_back(i % node.operand(0).shape[axis]);
  }
  return maps;
}

Result<std::vector<ValueId>> import_tile(ImportContext& context) {
  TINYC_TRY(check_inputs(context, 2, 2));
  return context.emit_all("tile", {context.input(0)},
                          {{"repeats", TINYC_TRY(constant_integers(context, 1, "list of repeats"))}});
}

}  // namespace

const OpDef& tile() {
  static const OpDef op =
      mapped_op<maps>("tile", "x repeated `repeats` times along each axis", {{"Tile", import_tile}}, infer);
  return op;
}

}  // namespace tinyc::ops
