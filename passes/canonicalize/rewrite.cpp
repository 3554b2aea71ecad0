#include "passes/canonicalize/rewrite.h"

#include <algorithm>
#include <map>

namespace tinyc::passes {

bool is_op(const Graph& graph, NodeId node, std::string_view op) { return node.valid() && graph.node(node).op().name == op; }

NodeId producer(const Graph& graph, ValueId value, std::string_view op) {
  const NodeId node = value.valid() ? graph.value(value).producer() : NodeId();
  return is_op(graph, node, op) ? node : NodeId();
}

bool has_single_use(const Graph& graph, ValueId value) {
  return graph.value(value).uses().size() == 1 && !graph.is_output(value);
}

bool is_activation(const Graph& graph, ValueId value) { return value.valid() && !graph.value(value).is_constant(); }

bool has_clamp(const Node& node) {
  return node.attributes().has("clamp_low") || node.attributes().has("clamp_high");
}

bool erase_dead(Graph& graph) {
  const std::size_t values = graph.values().size();
  const std::vector<NodeId> nodes = graph.nodes();
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    const auto& results = graph.node(*node).results();
    const bool dead = std::all_of(results.begin(), results.end(), [&](ValueId result) {
      return graph.value(result).uses().empty() && !graph.is_output(result);
    });
    if (dead) graph.erase_node(*node);
  }
  graph.erase_unused_constants();
  return graph.values().size() != values;
}

bool can_replace(const Graph& graph, ValueId value, ValueId with) {
  const auto &own = graph.value(value).pinned(), &other = graph.value(with).pinned();
  if (own && other && *own != *other) return false;
  return !graph.is_output(value) || (graph.value(with).producer().valid() && !graph.is_output(with));
}

namespace {

void replace(Graph& graph, NodeId node, ValueId with, bool take_name) {
  const ValueId old = graph.node(node).results().front();
  const std::string name = graph.value(old).name();
  take_name = take_name || graph.is_output(old);
  if (graph.value(old).pinned()) graph.set_pinned(with, graph.value(old).pinned());
  graph.replace_uses(old, with);
  graph.erase_node(node);
  if (take_name) graph.rename(with, name);
}

}  // namespace

void replace_node(Graph& graph, NodeId node, ValueId with) { replace(graph, node, with, false); }
void replace_node_and_name(Graph& graph, NodeId node, ValueId with) { replace(graph, node, with, true); }

Result<Changed> merge_equal_nodes(Graph& graph) {
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

Builder builder_before(Graph& graph, const PassContext& context, NodeId node) {
  Builder builder(graph, context.ops);
  builder.insert_before(node);
  return builder;
}

Attributes with_attribute(Attributes attributes, std::string_view name, std::optional<Attribute> value) {
  if (value) attributes.set(std::string(name), *std::move(value));
  else attributes.erase(name);
  return attributes;
}

Tensor tensor_of(DType dtype, Shape shape, const std::vector<double>& values) {
  return Tensor::of<double>(std::move(shape), values).cast(dtype);
}

}  // namespace tinyc::passes
