// eliminate-identity: removes nodes that change nothing: identity, transpose to the same order, pad by nothing, clip
// without bounds, concat of one tensor, pooling with a 1x1 window, mean, sum or extreme over axes of size 1, + 0, - 0,
// * 1.
//
//   %y = pad(%x) {pads=[0, 0, 0, 0], ...}; %z = relu(%y)   ->   %z = relu(%x)
//
// When: in every round. What copies an input of the graph to an output becomes a reshape to the same shape.

#include <algorithm>
#include <cmath>

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
  return std::all_of(values.begin(), values.end(), [&](std::int64_t v) { return v == wanted; });
}

bool all_are(const Tensor* constant, double wanted) {
  if (!constant) return false;
  const std::vector<double> values = constant->to_doubles();
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == wanted; });
}

bool is_identity_pool(const Attributes& attributes) {
  return all_are(attributes.integers("kernel"), 1) && all_are(attributes.integers_or("strides", {}), 1) &&
         all_are(attributes.integers_or("pads", {}), 0) && !attributes.has("uncounted");
}

bool reduces_unit_axes(const NodeView& node) {
  for (const std::int64_t each : node.attributes.integers("axes")) {
    const auto axis = normalize_axis(each, node.operand(0).shape.rank());
    if (!axis || node.operand(0).shape[*axis] != 1) return false;
  }
  return true;
}

// The operand whose elements are the result's, in the same order; -1 when there is none.
int passed_through(const NodeView& node) {
  const Attributes& attributes = node.attributes;
  const std::string_view op = node.op.name;
  if (op == "identity") return 0;
  if (attributes.has("clamp_low") || attributes.has("clamp_high")) return -1;
  if (op == "clip") return 0;
  if (op == "transpose") return moves_nothing(node.operand(0).shape, attributes.integers("perm")) ? 0 : -1;
  if (op == "pad") return all_are(attributes.integers("pads"), 0) ? 0 : -1;
  if (op == "concat") return node.operand_count() == 1 ? 0 : -1;
  if (op == "max_pool" || op == "average_pool") return is_identity_pool(attributes) ? 0 : -1;
  if (op == "reduce_mean" || op == "reduce_max" || op == "reduce_min" || op == "reduce_sum")
    return reduces_unit_axes(node) ? 0 : -1;
  const double neutral = op == "mul" ? 1 : 0;
  if (op == "add" || op == "sub" || op == "mul") {
    if (all_are(node.constant(1), neutral)) return 0;
    if (op != "sub" && all_are(node.constant(0), neutral)) return 1;
  }
  return -1;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const NodeView node = view(graph, id);
    const int operand = passed_through(node);
    if (operand < 0) return false;
    const Shape shape = node.result().shape;
    if (node.operand(operand).shape.elements() != shape.elements()) return false;  // it broadcasts
    const ValueId x = node.operand_ids[static_cast<std::size_t>(operand)];
    if (node.operand(operand).shape == shape && can_replace(graph, node.result_ids.front(), x)) {
      replace_node(graph, id, x);
      return true;
    }
    Builder builder = builder_before(graph, context, id);
    const std::string name(node.name);
    replace_node_and_name(graph, id, TINYC_TRY(builder.emit("reshape", name, {x}, {{"shape", shape.sizes()}})));
    return true;
  });
}

}  // namespace

const Pass& eliminate_identity() {
  static const Pass pass{{.name = "eliminate-identity",
                          .summary = "removes nodes that change nothing",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
