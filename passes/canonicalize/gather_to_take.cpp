// gather-to-take: a gather with constant indices becomes a take, which works along any order of axes, or a slice where
// the indices follow each other.
//
//   %y = gather(%x, [1, 0, -1]) {axis=1}   ->   %y = take(%x) {axis=1, indices=[1, 0, 3]}
//
// Where the indices are no list, a reshape follows. When: before nhwc.

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "gather")) return false;
    const NodeView node = view(graph, id);
    if (!node.constant(1) || node.constant(0) || node.operand(0).shape.elements() == 0) return false;
    const Shape shape = node.result().shape;
    const int axis = *normalize_axis(node.attributes.integer("axis"), node.operand(0).shape.rank());
    std::vector<std::int64_t> indices = node.constant(1)->to_integers();
    for (std::int64_t& index : indices) index += index < 0 ? node.operand(0).shape[axis] : 0;
    const std::string name(node.name);
    Builder builder = builder_before(graph, context, id);
    const ValueId taken = TINYC_TRY(emit_take(builder, name, node.operand_ids[0], axis, indices));
    if (!can_replace(graph, graph.node(id).results().front(), taken) || graph.value(taken).type().shape != shape)
      replace_node_and_name(graph, id, TINYC_TRY(builder.emit("reshape", name, {taken}, {{"shape", shape.sizes()}})));
    else if (graph.value(taken).uses().empty()) replace_node_and_name(graph, id, taken);
    else replace_node(graph, id, taken);
    return true;
  });
}

}  // namespace

const Pass& gather_to_take() {
  static const Pass pass{{.name = "gather-to-take",
                          .summary = "makes a gather with constant indices a take or a slice",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
