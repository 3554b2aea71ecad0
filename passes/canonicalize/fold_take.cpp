// fold-take: another order of all channels, before a conv2d or fully_connected, goes into the order of its weights; a
// depthwise conv2d takes it to its result.
//
//   %t = take(%x) {axis=3, indices=[1, 0]}; %y = conv2d(%t, %w)   ->   %y = conv2d(%x, %v), the inputs of %w exchanged
//
// When: after nhwc, so that the channel is the last axis. Not for a part of the channels, which would cost products by
// zero.

#include <algorithm>

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

using Integers = std::vector<std::int64_t>;

// The take of all elements along the last axis that computes the value.
NodeId channel_order(const Graph& graph, ValueId value) {
  const NodeId id = producer(graph, value, "take");
  if (!id.valid()) return {};
  const NodeView node = view(graph, id);
  Integers indices = node.attributes.integers("indices");
  if (*normalize_axis(node.attributes.integer("axis"), node.operand(0).shape.rank()) + 1 !=
          node.operand(0).shape.rank() ||
      node.operand(0).shape != node.result().shape)
    return {};
  std::sort(indices.begin(), indices.end());
  return std::adjacent_find(indices.begin(), indices.end()) == indices.end() ? id : NodeId();
}

// A constant operand whose element i along the axis belongs to channel order[i] comes into the order of the channels.
Status reorder(Graph& graph, PassContext& context, NodeId id, int operand, int axis, const Integers& order) {
  const NodeView node = view(graph, id);
  Integers inverse(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  const std::string name = graph.value(node.operand_ids[static_cast<std::size_t>(operand)]).name();
  Builder builder = builder_before(graph, context, id);
  const ValueId source = node.operand_ids[static_cast<std::size_t>(operand)];
  graph.set_operand(id, operand, TINYC_TRY(emit_take(builder, name, source, axis, inverse)));
  return {};
}

bool is_layer(const NodeView& node) {
  return (node.op.name == "conv2d" || node.op.name == "fully_connected") && node.constant(1) &&
         (!node.has(2) || node.constant(2));
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const NodeView node = view(graph, id);
    if (!is_layer(node)) return false;
    const NodeId take = channel_order(graph, node.operand_ids[0]);
    if (!take.valid()) return false;
    const Integers order = graph.node(take).attributes().integers("indices");
    const ValueId x = graph.node(take).operands().front(), y = node.result_ids[0];
    const Shape weights = node.operand(1).shape;
    const std::int64_t groups = node.attributes.integer_or("groups", 1);
    const bool has_bias = node.has(2);
    if (groups == 1) {
      TINYC_TRY(reorder(graph, context, id, 1, weights.rank() - 1, order));
      graph.set_operand(id, 0, x);
      return true;
    }
    if (groups != weights[0] || weights[3] != 1 || static_cast<std::int64_t>(order.size()) != groups ||
        graph.is_output(y))
      return false;
    TINYC_TRY(reorder(graph, context, id, 1, 0, order));
    if (has_bias) TINYC_TRY(reorder(graph, context, id, 2, 0, order));
    graph.set_operand(id, 0, x);
    const std::vector<Use> uses = graph.value(y).uses();
    Builder after(graph, context.ops);
    const auto& nodes = graph.nodes();
    const auto at = std::find(nodes.begin(), nodes.end(), id);
    if (at + 1 != nodes.end()) after.insert_before(*(at + 1));
    const ValueId ordered = TINYC_TRY(emit_take(after, graph.node(take).name(), y, 3, order));
    for (const Use& use : uses) graph.set_operand(use.node, use.operand, ordered);
    return true;
  });
}

}  // namespace

const Pass& fold_take() {
  static const Pass pass{{.name = "fold-take",
                          .summary = "folds another order of channels into the weights that read it",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
