// common-subexpression: computes once what two nodes of the same operator, attributes and operands compute.
//
//   %a = transpose(%x) {perm=[0, 2, 1]}; %b = transpose(%x) {perm=[0, 2, 1]}; f(%a, %b)
//     ->  %a = transpose(%x) {perm=[0, 2, 1]}; f(%a, %a)
//
// When: in every round; moving transposes leaves such pairs.

#include <map>

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext&) {
  std::map<std::vector<ValueId>, std::vector<NodeId>> by_operands;
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    std::vector<NodeId>& seen = by_operands[node.operands()];
    for (const NodeId other : seen) {
      const Node& first = graph.node(other);
      if (&first.op() != &node.op() || first.attributes() != node.attributes() || node.results().size() != 1) continue;
      const ValueId same = first.results().front(), value = node.results().front();
      if (graph.value(same).type() != graph.value(value).type() || !can_replace(graph, value, same)) continue;
      replace_node(graph, id, same);
      return true;
    }
    seen.push_back(id);
    return false;
  });
}

}  // namespace

const Pass& common_subexpression() {
  static const Pass pass{{.name = "common-subexpression",
                          .summary = "computes once what is computed twice from the same operands",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
