// merge-transposes: one transpose for a chain of them, also across a reshape that only adds or removes axes of size 1;
// a reshape for a transpose that only moves such axes; nothing where two cancel.
//
//   transpose(transpose(%x) {perm=[0, 3, 1, 2]}) {perm=[0, 2, 3, 1]}   ->   %x
//   transpose(%x: f32[1,1,49,10]) {perm=[0, 2, 3, 1]}                  ->   reshape(%x) {shape=[1, 49, 10, 1]}
//
// When: in every round, after nhwc has brought transposes together.

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

// reshape(transpose(x, perm)) to `shape`, where the reshape adds or removes axes of size 1, is
// transpose(reshape(x)): the axes of size 1 keep their places in `shape`, the others come in x's order.
struct Swapped {
  Shape shape;
  Perm perm;
};
std::optional<Swapped> swap_with_reshape(const Shape& x, const Perm& perm, const Shape& shape) {
  const auto map = match_unit_axes(permuted(x, perm), shape);
  if (!map) return std::nullopt;
  std::vector<int> slots, order_in_x;  // the axes of `shape` that hold elements; the axes of x they are
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    slots.push_back(axis);
    order_in_x.push_back(static_cast<int>(perm[static_cast<std::size_t>((*map)[static_cast<std::size_t>(axis)])]));
  }
  Swapped result{shape, Perm(static_cast<std::size_t>(shape.rank()))};
  for (int axis = 0; axis < shape.rank(); ++axis) result.perm[static_cast<std::size_t>(axis)] = axis;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::size_t rank = 0;  // among the element axes of x
    for (const int other : order_in_x) rank += other < order_in_x[i] ? 1 : 0;
    result.perm[static_cast<std::size_t>(slots[i])] = slots[rank];
    result.shape[slots[rank]] = x[order_in_x[i]];
  }
  return result;
}

struct Transpose {
  std::string name;
  ValueId x;
  Perm perm;
  Shape shape;  // of x
};
Transpose transpose_of(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const ValueId x = node.operands().front();
  return {node.name(), x, node.attributes().integers("perm"), graph.value(x).type().shape};
}

// The result of a transpose, made from what is above it, a reshape and a transpose; invalid when those are not there.
Result<ValueId> merge_across_reshape(Graph& graph, Builder& builder, const Transpose& lower) {
  const NodeId reshape = producer(graph, lower.x, "reshape");
  const NodeId id = reshape.valid() ? producer(graph, graph.node(reshape).operands().front(), "transpose") : NodeId();
  if (!id.valid()) return ValueId();
  const Transpose upper = transpose_of(graph, id);
  const auto swapped = swap_with_reshape(upper.shape, upper.perm, lower.shape);
  if (!swapped) return ValueId();
  const ValueId seen = TINYC_TRY(emit_reshape(builder, std::string(graph.node(reshape).name()), upper.x, swapped->shape));
  return emit_transpose(builder, lower.name, seen, compose(swapped->perm, lower.perm));
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "transpose")) return false;
    const Transpose node = transpose_of(graph, id);
    const ValueId y = graph.node(id).results().front();
    Builder builder = builder_before(graph, context, id);
    ValueId merged = TINYC_TRY(merge_across_reshape(graph, builder, node));
    if (!merged.valid()) {
      if (!producer(graph, node.x, "transpose").valid() && !moves_nothing(node.shape, node.perm)) return false;
      merged = TINYC_TRY(emit_transpose(builder, node.name, node.x, node.perm));
    }
    if (!can_replace(graph, y, merged)) {
      const Shape shape = permuted(node.shape, node.perm);
      merged = TINYC_TRY(builder.emit("reshape", node.name, {merged}, {{"shape", shape.sizes()}}));
    }
    replace_node(graph, id, merged);
    return true;
  });
}

}  // namespace

const Pass& merge_transposes() {
  static const Pass pass{{.name = "merge-transposes",
                          .summary = "cancels and merges chains of transposes",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
