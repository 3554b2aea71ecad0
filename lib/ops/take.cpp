// take: the elements of x at the constant `indices` along `axis`: gathers of constants, channel shuffles.

#include <numeric>

#include "lib/ops/checks.h"
#include "lib/ops/movement.h"

namespace tinyc::ops {
namespace {

using Integers = std::vector<std::int64_t>;

Result<std::vector<Type>> infer(const NodeView& node) {
  TINYC_TRY(check_operand_count(node, 1, 1));
  Type result = node.operand(0);
  const int axis = TINYC_TRY(require_axis(node, "axis", result.shape.rank()));
  const Integers indices = TINYC_TRY(require_integers(node, "indices"));
  for (const std::int64_t index : indices)
    if (index < 0 || index >= result.shape[axis])
      return node.error("TC4010", "take has the index " + std::to_string(index) + " on an axis of " +
                                      std::to_string(result.shape[axis]));
  if (result.quantization && result.quantization->axis == axis)
    return node.error("TC4010", "take along the axis of per-channel parameters");
  result.shape[axis] = static_cast<std::int64_t>(indices.size());
  if (!result.shape.valid()) return node.error("TC4010", "take makes too large a tensor");
  return std::vector{result};
}

std::vector<Integers> maps(const NodeView& node) {
  const Shape& shape = node.result().shape;
  std::vector<Integers> maps;
  for (const std::int64_t size : shape) {
    Integers& map = maps.emplace_back(static_cast<std::size_t>(size));
    std::iota(map.begin(), map.end(), 0);
  }
  maps[static_cast<std::size_t>(*normalize_axis(node.attributes.integer("axis"), shape.rank()))] =
      node.attributes.integers("indices");
  return maps;
}

}  // namespace

const OpDef& take() {
  static const OpDef op =
      mapped_op<maps>("take", "the elements of x at the constant `indices` along `axis`", {}, infer);
  return op;
}

}  // namespace tinyc::ops
