#include "lib/pass/spread_pins.h"

namespace tinyc {
namespace {

bool pin(Graph& graph, ValueId id, const std::optional<Quantization>& wanted) {
  if (!wanted || !wanted->is_per_tensor() || !id.valid()) return false;
  const Value& value = graph.value(id);
  if (value.is_constant() || value.pinned() || value.type().dtype != DType::f32) return false;
  graph.set_pinned(id, wanted);
  return true;
}

bool spread_at(Graph& graph, NodeId id) {
  const NodeView node = view(graph, id);
  if (!node.op.quantization || !node.has(0)) return false;
  const QuantRule rule = (*node.op.quantization)(node);
  const bool keeps = rule.result == QuantRule::Result::as_operand && !rule.unify;
  const bool averages = node.op.name == "average_pool" || node.op.name == "reduce_mean";
  if (!keeps && !averages && !rule.unify) return false;

  const ValueId operand = node.operand_ids[0];
  const std::vector<ValueId> results = node.result_ids;
  const auto above = node.operands[0]->pinned(), below = node.results[0]->pinned();
  bool joins_one_pin = true;
  if (rule.unify)
    for (const Value* each : node.operands) joins_one_pin = joins_one_pin && each && each->pinned() == above;
  bool changed = false;
  if (joins_one_pin)
    for (const ValueId result : results) changed = pin(graph, result, above) || changed;
  if (keeps) changed = pin(graph, operand, below) || changed;
  return changed;
}

}  // namespace

bool spread_pins(Graph& graph) {
  const std::vector<NodeId> nodes = graph.nodes();
  bool changed = false;
  for (bool again = true; again; changed = changed || again) {
    again = false;
    for (const NodeId id : nodes) again = spread_at(graph, id) || again;
    for (auto id = nodes.rbegin(); id != nodes.rend(); ++id) again = spread_at(graph, *id) || again;
  }
  return changed;
}

}  // namespace tinyc
