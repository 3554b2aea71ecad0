// merge-reshapes: one reshape for a chain of them, none where the shape stays.
//
//   reshape(reshape(%x) {shape=[4, 6]}) {shape=[24]}   ->   reshape(%x) {shape=[24]}
//
// When: in every round; layout changes of tensors with axes of size 1 leave such chains.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext&) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "reshape")) return false;
    const ValueId y = graph.node(id).results().front();
    ValueId x = graph.node(id).operands().front();
    for (NodeId inner = producer(graph, x, "reshape"); inner.valid(); inner = producer(graph, x, "reshape")) {
      const ValueId above = graph.node(inner).operands().front();
      if (graph.value(x).pinned() && graph.value(x).pinned() != graph.value(above).pinned()) break;
      x = above;
    }
    const bool merges = x != graph.node(id).operands().front();
    graph.set_operand(id, 0, x);
    if (graph.value(x).type() != graph.value(y).type() || !can_replace(graph, y, x)) return merges;
    replace_node(graph, id, x);
    return true;
  });
}

}  // namespace

const Pass& merge_reshapes() {
  static const Pass pass{{.name = "merge-reshapes",
                          .summary = "makes one reshape, or none, of a chain of reshapes",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
