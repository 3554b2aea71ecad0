// name-results: calls the first result of every node as the node is called in the user's file, so that dumps, reports
// and emitted code name layers that way. Inputs and outputs of the graph keep their names.
//
//   %conv1_nhwc = conv2d(%x, %w, %b) @"conv1"   ->   %conv1 = conv2d(%x, %w, %b)
//
// When: last, since layout changes leave results with names of their own.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

Result<Changed> run(Graph& graph, PassContext&) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const ValueId result = graph.node(id).results().front();
    const std::string before = graph.value(result).name(), wanted = graph.node(id).name();
    if (graph.is_output(result) || wanted.empty()) return false;
    graph.rename(result, wanted);
    return graph.value(result).name() != before;
  });
}

}  // namespace

const Pass& name_results() {
  static const Pass pass{{.name = "name-results",
                          .summary = "calls results as the nodes that compute them",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
