// sink-reshapes: moves reshapes below element-wise nodes, and below concat, pad and reductions where they only add or
// remove axes of size 1, so that convolutions meet the nodes that fold into them. A reduction that drops its axes
// keeps them, with a reshape below.
//
//   %y = reshape(%x) {shape=[1, 25, 64]}; %z = relu(%y)   ->   %y = relu(%x); %z = reshape(%y) {shape=[1, 25, 64]}
//
// When: in every round; one-dimensional convolutions are two-dimensional ones between reshapes.

#include <algorithm>

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

// A constant as it broadcasts to a result of shape `to`, under a shape that broadcasts to `from` in the same way, `to`
// being a reshape of `from`. Nothing where the reshape cuts through the axes along which it varies.
std::optional<Shape> constant_shape(const Shape& constant, const Shape& from, const Shape& to) {
  if (constant.elements() == 1) return Shape(std::vector<std::int64_t>(static_cast<std::size_t>(from.rank()), 1));
  if (constant == to) return from;
  Shape full(std::vector<std::int64_t>(static_cast<std::size_t>(to.rank()), 1));
  for (int axis = 0; axis < constant.rank(); ++axis) full[to.rank() - constant.rank() + axis] = constant[axis];
  Shape result(std::vector<std::int64_t>(static_cast<std::size_t>(from.rank()), 1));
  if (const auto map = match_unit_axes(from, to)) {
    for (int axis = 0; axis < to.rank(); ++axis)
      if (const int source = (*map)[static_cast<std::size_t>(axis)]; source >= 0) result[source] = full[axis];
    return result;
  }
  const std::int64_t channels = full[to.rank() - 1];
  if (from.rank() == 0 || from[from.rank() - 1] != channels || full.elements() != channels) return std::nullopt;
  result[from.rank() - 1] = channels;
  return result;
}

// What the reshapes above a node agree on: the shape they make and the shapes they make it from.
struct Above {
  std::vector<ValueId> operands;  // the node's operands seen above the reshapes
  std::vector<AxisMap> maps;      // axis of the node's operand -> axis above; one per reshape
  bool unit_axes_only = true;
  std::optional<std::string> name;  // of a reshape
};

// Every activation operand comes from a reshape of the result's shape, where the operator is element-wise.
std::optional<Above> look_above(const Graph& graph, const NodeView& node) {
  Above above;
  for (int i = 0; i < node.operand_count(); ++i) {
    const ValueId operand = node.operand_ids[static_cast<std::size_t>(i)];
    above.operands.push_back(operand);
    if (node.constant(i) && node.op.elementwise) continue;
    const NodeId reshape = node.has(i) ? producer(graph, operand, "reshape") : NodeId();
    if (!reshape.valid() || (node.op.elementwise && node.operand(i).shape != node.result().shape)) return std::nullopt;
    above.operands.back() = graph.node(reshape).operands().front();
    above.name = graph.node(reshape).name();
    const Shape& from = graph.value(above.operands.back()).type().shape;
    const auto map = match_unit_axes(from, node.operand(i).shape);
    above.unit_axes_only = above.unit_axes_only && map;
    if (map) above.maps.push_back(*map);
  }
  return above.name ? std::optional(above) : std::nullopt;
}

const Shape& shape_above(const Graph& graph, const NodeView& node, const Above& above) {
  std::size_t i = 0;
  while (above.operands[i] == node.operand_ids[i]) ++i;
  return graph.value(above.operands[i]).type().shape;
}

// Puts the reshape of `y` in place of the node that y stands for.
Status replace_by_reshape(Graph& graph, Builder& builder, NodeId id, std::string_view name, ValueId y) {
  const ValueId old = graph.node(id).results().front();
  const std::string old_name = graph.value(old).name();
  const Shape shape = graph.value(old).type().shape;
  const ValueId reshaped = TINYC_TRY(builder.emit("reshape", name, {y}, {{"shape", shape.sizes()}}));
  replace_node(graph, id, reshaped);
  if (!graph.is_output(reshaped)) graph.rename(y, old_name);
  return {};
}

// The attributes of the node above the reshapes; nothing where it cannot be there.
std::optional<Attributes> attributes_above(const Graph& graph, const NodeView& node, NodeId id, const Above& above) {
  const Shape& from = shape_above(graph, node, above);
  if (node.op.elementwise) {
    for (int i = 0; i < node.operand_count(); ++i) {
      const Shape& shape = graph.value(above.operands[static_cast<std::size_t>(i)]).type().shape;
      if (node.constant(i) ? !constant_shape(shape, from, node.result().shape) : shape != from) return std::nullopt;
    }
    return node.attributes;
  }
  if (!above.unit_axes_only || std::adjacent_find(above.maps.begin(), above.maps.end(), std::not_equal_to<>()) != above.maps.end())
    return std::nullopt;
  return with_axes(graph.node(id), above.maps.front(), from.rank());
}

Result<bool> sink(Graph& graph, PassContext& context, NodeId id) {
  const NodeView node = view(graph, id);
  if (node.results.size() != 1 || node.operands.empty()) return false;
  const auto above = look_above(graph, node);
  if (!above) return false;
  const auto attributes = attributes_above(graph, node, id, *above);
  if (!attributes) return false;

  const std::string name(node.name), op(node.op.name);
  const Shape from = shape_above(graph, node, *above), to = node.result().shape;
  Builder builder = builder_before(graph, context, id);
  std::vector<ValueId> operands = above->operands;
  const std::vector<ValueId> below = node.operand_ids;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i] != below[i]) continue;  // a constant of an element-wise operator
    const Shape constant = graph.value(operands[i]).type().shape;
    const Shape shape = *constant_shape(constant, from, to);
    const std::string constant_name = graph.value(operands[i]).name();
    if (constant.elements() > 1 || constant.rank() > from.rank())
      operands[i] = TINYC_TRY(emit_reshape(builder, constant_name, operands[i], shape));
  }
  const ValueId y = TINYC_TRY(builder.emit(op, name, operands, *attributes));
  TINYC_TRY(replace_by_reshape(graph, builder, id, *above->name, y));
  return true;
}

Result<bool> keep_reduced_axes(Graph& graph, PassContext& context, NodeId id) {
  const Node& node = graph.node(id);
  if (!is_reduction(node) || node.attributes().integer("keepdims") != 0) return false;
  const std::string name = node.name();
  const Attributes attributes = with_attribute(node.attributes(), "keepdims", std::int64_t{1});
  Builder builder = builder_before(graph, context, id);
  const ValueId kept = TINYC_TRY(builder.emit(node.op().name, name, {node.operands().front()}, attributes));
  TINYC_TRY(replace_by_reshape(graph, builder, id, name, kept));
  return true;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (TINYC_TRY(keep_reduced_axes(graph, context, id))) return true;
    const Node& node = graph.node(id);
    const std::string_view op = node.op().name;
    const bool moves = node.op().elementwise || op == "concat" || op == "pad" || is_reduction(node);
    return moves ? sink(graph, context, id) : Result<bool>(false);
  });
}

}  // namespace

const Pass& sink_reshapes() {
  static const Pass pass{{.name = "sink-reshapes",
                          .summary = "moves reshapes below the nodes that work under any shape",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
