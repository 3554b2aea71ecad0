#include "lib/ir/builder.h"

namespace tinyc {

Result<std::vector<Type>> infer(const Graph& graph, const OpDef& op, std::string_view name,
                                const std::vector<ValueId>& operands, const Attributes& attributes) {
  NodeView view{op, name, attributes, {}, {}, operands, {}};
  for (const ValueId operand : operands) view.operands.push_back(operand.valid() ? &graph.value(operand) : nullptr);
  auto types = TINYC_TRY(op.infer(view));
  for (const Type& type : types)
    if (!type.shape.valid())
      return view.error("TC8001", std::string(op.name) + " makes a tensor of shape " + type.shape.to_string() +
                                      ", which is beyond tinyc's limits");
  return types;
}

Result<std::vector<ValueId>> Builder::emit_all(std::string_view op_name, std::string_view name,
                                               std::vector<ValueId> operands, Attributes attributes) {
  const OpDef* op = find_op(ops_, op_name);
  TINYC_CHECK(op != nullptr, "the operator '" + std::string(op_name) + "' is not registered");
  auto types = TINYC_TRY(infer(graph_, *op, name, operands, attributes));
  const NodeId node = graph_.add_node(*op, name, std::move(operands), std::move(attributes), std::move(types), {}, before_);
  return graph_.node(node).results();
}

}  // namespace tinyc
