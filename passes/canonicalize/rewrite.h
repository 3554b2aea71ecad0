#pragma once
// What the canonicalization passes share: questions about a place in the graph, and edits of it.

#include "lib/pass/pass.h"

namespace tinyc::passes {

// The stages in which canonicalization may run: until ranges and scales belong to the values.
inline const std::vector<Stage> before_calibration{Stage::imported, Stage::canonical};

bool is_op(const Graph& graph, NodeId node, std::string_view op);
// The node of this operator that computes the value; invalid when there is none.
NodeId producer(const Graph& graph, ValueId value, std::string_view op);
// Read by one operand of one node, and no graph output.
bool has_single_use(const Graph& graph, ValueId value);
// Computed when the model runs: neither absent nor constant.
bool is_activation(const Graph& graph, ValueId value);
bool has_clamp(const Node& node);

// Removes nodes and constants that nobody reads; whether there were any.
bool erase_dead(Graph& graph);

// Calls f(node) for every node there was when it started and that is still there; f returns Result<bool>, whether
// it changed the graph. What this leaves unused is removed.
template <class F>
Result<Changed> for_each_node(Graph& graph, F f) {
  bool changed = false;
  const std::vector<NodeId> nodes = graph.nodes();
  for (const NodeId node : nodes)
    if (graph.contains(node)) changed = TINYC_TRY(Result<bool>(f(node))) || changed;
  if (changed) erase_dead(graph);
  return changed ? Changed::yes : Changed::no;
}

// Whether `with` can take the place of `value`: an output of the graph keeps a buffer of its own, so that what
// replaces it is neither an input, a constant nor another output; and two values that are pinned to different
// parameters stay two.
bool can_replace(const Graph& graph, ValueId value, ValueId with);
// Every use of the node's only result becomes `with`, which takes over the name of a graph output and pinned
// parameters; the node is erased.
void replace_node(Graph& graph, NodeId node, ValueId with);
// The same for a new value that stands for the old one: it takes over the name in any case.
void replace_node_and_name(Graph& graph, NodeId node, ValueId with);

// Nodes of the same operator, attributes and operands become the first of them.
Result<Changed> merge_equal_nodes(Graph& graph);

// A builder that puts new nodes before this one.
Builder builder_before(Graph& graph, const PassContext& context, NodeId node);

// The named attribute as a new set of attributes; erases with nothing.
Attributes with_attribute(Attributes attributes, std::string_view name, std::optional<Attribute> value);

// Rounded to `dtype`.
Tensor tensor_of(DType dtype, Shape shape, const std::vector<double>& values);

}  // namespace tinyc::passes
