#include "lib/ir/op_def.h"

#include <algorithm>

namespace tinyc {

NodeView view(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  NodeView view{node.op(), node.name(), node.attributes(), {}, {}, node.operands(), node.results()};
  for (const ValueId operand : node.operands()) view.operands.push_back(operand.valid() ? &graph.value(operand) : nullptr);
  for (const ValueId result : node.results()) view.results.push_back(&graph.value(result));
  return view;
}

Result<std::vector<ValueId>> ImportContext::import_body(std::string_view attribute, std::vector<ValueId>,
                                                        std::string_view) {
  return unsupported("the graph attribute '" + std::string(attribute) + "' cannot be imported here");
}

const OpDef* find_op(OpTable ops, std::string_view name) {
  const auto at = std::find_if(ops.begin(), ops.end(), [&](const OpDef* op) { return op->name == name; });
  return at == ops.end() ? nullptr : *at;
}

}  // namespace tinyc
