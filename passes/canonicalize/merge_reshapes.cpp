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
    const ValueId x = graph.node(id).operands().front(), y = graph.node(id).results().front();
    if (graph.value(x).type() == graph.value(y).type() && can_replace(graph, y, x)) {
      replace_node(graph, id, x);
      return true;
    }
    const NodeId inner = producer(graph, x, "reshape");
    if (!inner.valid()) return false;
    graph.set_operand(id, 0, graph.node(inner).operands().front());
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
