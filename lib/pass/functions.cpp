#include "lib/pass/functions.h"

#include <algorithm>
#include <set>

namespace tinyc {

Functions::Functions(const Graph& graph)
    : graph_(graph), source_(graph.value_bound()), steps_(graph.value_bound(), 0), position_(graph.node_bound()) {
  for (const ValueId id : graph.values()) source_[id.index] = id;
  std::size_t position = 0;
  for (const NodeId id : graph.nodes()) {
    const Node& node = graph.node(id);
    position_[id.index] = position++;
    const ValueId from = source_of_result(node);
    const int steps = from.valid() ? steps_of_result(node) : 0;
    if (!from.valid() || steps > max_steps) continue;
    source_[node.results().front().index] = from;
    steps_[node.results().front().index] = steps;
  }
}

int Functions::steps_of_result(const Node& node) const {
  int steps = 1;
  for (const ValueId operand : node.operands())
    if (operand.valid() && read_source(operand) != operand) steps += steps_[operand.index];
  return steps;
}

bool Functions::is_number(ValueId id) const {
  return graph_.value(id).is_constant() && graph_.value(id).constant().elements() == 1;
}

ValueId Functions::source_of_result(const Node& node) const {
  if (!node.op().elementwise || !node.op().eval_float || node.results().size() != 1) return {};
  const Value& result = graph_.value(node.results().front());
  if (result.type().is_quantized()) return {};
  ValueId from;
  for (const ValueId operand : node.operands()) {
    if (!operand.valid() || is_number(operand)) continue;
    const Value& value = graph_.value(operand);
    if ((from.valid() && read_source(operand) != from) || value.type().shape != result.type().shape) return {};
    from = read_source(operand);
  }
  const bool real = from.valid() && !graph_.value(from).is_constant() && graph_.value(from).type().dtype == DType::f32;
  return real ? from : ValueId{};
}

std::vector<Use> Functions::readers(ValueId value) const {
  std::vector<Use> readers = graph_.value(value).uses();
  std::erase_if(readers, [&](const Use& use) {
    const Node& node = graph_.node(use.node);
    return node.results().size() == 1 && !graph_.value(value).pinned() &&
           source(node.results().front()) == source(value);
  });
  return readers;
}

std::vector<NodeId> Functions::steps(ValueId value) const {
  const ValueId from = source(value);
  std::set<NodeId> found;
  std::vector<ValueId> open{value};
  while (!open.empty()) {
    const ValueId at = open.back();
    open.pop_back();
    const NodeId id = graph_.value(at).producer();
    if (at == from || !found.insert(id).second) continue;
    for (const ValueId operand : graph_.node(id).operands())
      if (operand.valid() && !graph_.value(operand).is_constant()) open.push_back(operand);
  }
  std::vector<NodeId> steps(found.begin(), found.end());
  std::ranges::sort(steps, {}, [&](NodeId id) { return position_[id.index]; });
  return steps;
}

Result<Graph> Functions::body(ValueId value, OpTable ops) const {
  Graph body;
  Builder builder(body, ops);
  std::vector<ValueId> copies(graph_.value_bound());
  copies[source(value).index] = body.add_input("x", Type{DType::f32, {256}});
  for (const NodeId id : steps(value)) {
    const Node& node = graph_.node(id);
    std::vector<ValueId> operands;
    for (const ValueId operand : node.operands()) {
      if (operand.valid() && !copies[operand.index].valid())
        copies[operand.index] = body.add_constant("c", graph_.value(operand).constant().reshaped(Shape{}));
      operands.push_back(operand.valid() ? copies[operand.index] : ValueId{});
    }
    copies[node.results().front().index] =
        TINYC_TRY(builder.emit(node.op().name, "y", std::move(operands), node.attributes()));
  }
  body.set_outputs({copies[value.index]});
  return body;
}

}  // namespace tinyc
