// div-to-mul: a division of real numbers by a constant becomes a multiplication, a division of several constants by a
// value one with its reciprocal; multiplications have integer kernels and fold into convolutions.
//
//   %y = div(%x, %c)   ->   %y = mul(%x, %c_reciprocal)
//
// When: before fold-scale. Not where the reciprocal of a constant is not finite.

#include <cmath>

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

// The reciprocals; nothing where one is not a normal number.
std::optional<Tensor> reciprocals(const Tensor& constant) {
  std::vector<double> values = constant.to_doubles();
  for (double& value : values) value = 1 / value;
  Tensor result = tensor_of(constant.dtype(), constant.shape(), values);
  for (const double value : result.to_doubles())
    if (!std::isnormal(value)) return std::nullopt;
  return result;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    if (!is_op(graph, id, "div") || has_clamp(graph.node(id))) return false;
    const NodeView node = view(graph, id);
    if (!is_float(node.result().dtype)) return false;
    const std::string name(node.name);
    const ValueId a = node.operand_ids[0], b = node.operand_ids[1];
    ValueId x = a, factor = a;
    Builder builder = builder_before(graph, context, id);
    if (node.constant(1) && !node.constant(0)) {
      const auto values = reciprocals(*node.constant(1));
      if (!values) return false;
      factor = graph.add_constant(graph.value(b).name() + "_reciprocal", *values);
    } else if (node.constant(0) && node.constant(0)->elements() > 1 && !node.constant(1)) {
      x = TINYC_TRY(builder.emit("reciprocal", name, {b}));
    } else {
      return false;
    }
    replace_node_and_name(graph, id, TINYC_TRY(builder.emit("mul", name, {x, factor})));
    return true;
  });
}

}  // namespace

const Pass& div_to_mul() {
  static const Pass pass{{.name = "div-to-mul",
                          .summary = "makes divisions by constants multiplications",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
