// recognize-layer-norm: a normalization written out becomes one layer_norm; a multiplication and an addition of
// constants after it become its scale and bias.
//
//   %m = reduce_mean(%x); %d = sub(%x, %m); %v = reduce_mean(mul(%d, %d)); %y = div(%d, sqrt(add(%v, 1e-05)))
//     ->  %y = layer_norm(%x) {axes=[2], epsilon=1e-05}
//
// The square may be a power, the quotient a product with a reciprocal or a power of -1/2. When: before anything folds
// into the constants around it.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

using Integers = std::vector<std::int64_t>;

std::optional<double> number(const Graph& graph, ValueId value) {
  if (!value.valid() || !graph.value(value).is_constant() || graph.value(value).constant().elements() != 1)
    return std::nullopt;
  return graph.value(value).constant().to_doubles().front();
}

// The operand of a node of this operator, without bounds, that computes the value; invalid when there is none.
ValueId operand_of(const Graph& graph, ValueId value, std::string_view op, int operand = 0) {
  const NodeId node = producer(graph, value, op);
  if (!node.valid() || has_clamp(graph.node(node))) return {};
  return graph.node(node).operands()[static_cast<std::size_t>(operand)];
}

// x where the value is x to the power of `exponent`.
ValueId base_of_power(const Graph& graph, ValueId value, double exponent) {
  const ValueId base = operand_of(graph, value, "pow");
  return base.valid() && number(graph, operand_of(graph, value, "pow", 1)) == exponent ? base : ValueId{};
}

ValueId square_of(const Graph& graph, ValueId value) {
  if (const ValueId base = base_of_power(graph, value, 2); base.valid()) return base;
  const ValueId factor = operand_of(graph, value, "mul");
  return factor.valid() && factor == operand_of(graph, value, "mul", 1) ? factor : ValueId{};
}

ValueId root_of(const Graph& graph, ValueId value) {
  const ValueId root = operand_of(graph, value, "sqrt");
  return root.valid() ? root : base_of_power(graph, value, 0.5);
}

ValueId inverse_root_of(const Graph& graph, ValueId value) {
  if (const ValueId base = base_of_power(graph, value, -0.5); base.valid()) return base;
  if (const ValueId root = operand_of(graph, value, "reciprocal"); root.valid()) return root_of(graph, root);
  const ValueId root = operand_of(graph, value, "div", 1);
  return root.valid() && number(graph, operand_of(graph, value, "div")) == 1.0 ? root_of(graph, root) : ValueId{};
}

struct Mean {
  ValueId x;
  Integers axes;
};
std::optional<Mean> mean_of(const Graph& graph, ValueId value) {
  const NodeId node = producer(graph, value, "reduce_mean");
  if (!node.valid() || graph.node(node).attributes().integer("keepdims") == 0) return std::nullopt;
  return Mean{graph.node(node).operands().front(), graph.node(node).attributes().integers("axes")};
}

// What is centered: x - mean(x).
std::optional<Mean> centered(const Graph& graph, ValueId value) {
  const ValueId x = operand_of(graph, value, "sub");
  if (!x.valid()) return std::nullopt;
  const auto mean = mean_of(graph, operand_of(graph, value, "sub", 1));
  return mean && mean->x == x ? mean : std::nullopt;
}

struct Normalized {
  ValueId x;
  Integers axes;
  double epsilon;
};

// `deviation` is the mean of the square of `difference`, which is centered, plus a number.
std::optional<Normalized> normalized(const Graph& graph, ValueId difference, ValueId variance) {
  const auto mean = centered(graph, difference);
  if (!mean || !variance.valid()) return std::nullopt;
  for (const int at : {0, 1}) {
    const auto epsilon = number(graph, operand_of(graph, variance, "add", 1 - at));
    const ValueId sum = operand_of(graph, variance, "add", at);
    const auto squares = epsilon && sum.valid() ? mean_of(graph, sum) : std::nullopt;
    if (squares && *epsilon >= 0 && squares->axes == mean->axes && square_of(graph, squares->x) == difference)
      return Normalized{mean->x, mean->axes, *epsilon};
  }
  return std::nullopt;
}

std::optional<Normalized> match(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.operands().size() != 2 || has_clamp(node)) return std::nullopt;
  const ValueId a = node.operands()[0], b = node.operands()[1];
  if (is_op(graph, id, "div")) return normalized(graph, a, root_of(graph, b));
  if (!is_op(graph, id, "mul")) return std::nullopt;
  const auto first = normalized(graph, a, inverse_root_of(graph, b));
  return first ? first : normalized(graph, b, inverse_root_of(graph, a));
}

// A mul or an add of a constant, after a layer_norm that has room for it and that nothing else reads.
Result<bool> take_affine(Graph& graph, PassContext& context, NodeId id) {
  const bool scales = is_op(graph, id, "mul");
  if ((!scales && !is_op(graph, id, "add")) || has_clamp(graph.node(id))) return false;
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
    const ValueId x = graph.node(id).operands()[at], constant = graph.node(id).operands()[1 - at];
    const NodeId norm = producer(graph, x, "layer_norm");
    if (!norm.valid() || is_activation(graph, constant) || !has_single_use(graph, x)) continue;
    const Shape shape = graph.value(x).type().shape;
    std::vector<ValueId> operands = graph.node(norm).operands();
    if (operands.size() > (scales ? 1 : 2) || broadcast(shape, graph.value(constant).type().shape) != shape) continue;
    const std::string name = graph.node(norm).name();
    if (!scales && operands.size() == 1)
      operands.push_back(graph.add_constant(name + "_scale", Tensor::scalar(1.0).cast(graph.value(x).type().dtype)));
    operands.push_back(constant);
    const Attributes attributes = graph.node(norm).attributes();
    Builder builder = builder_before(graph, context, id);
    replace_node_and_name(graph, id, TINYC_TRY(builder.emit("layer_norm", name, std::move(operands), attributes)));
    return true;
  }
  return false;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const auto found = match(graph, id);
    if (!found) return take_affine(graph, context, id);
    const std::string name = graph.node(id).name();
    Builder builder = builder_before(graph, context, id);
    const ValueId y =
        TINYC_TRY(builder.emit("layer_norm", name, {found->x}, {{"axes", found->axes}, {"epsilon", found->epsilon}}));
    replace_node_and_name(graph, id, y);
    return true;
  });
}

}  // namespace

const Pass& recognize_layer_norm() {
  static const Pass pass{{.name = "recognize-layer-norm",
                          .summary = "makes a normalization written out one node",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
