// adopt-quantization: takes over the parameters of a model that is quantized already. What stands between a float value
// and its readers goes, and the value is pinned to the parameters; nodes that move integers move the reals instead; a
// graph input of integers gets its parameters as part of its type.
//
//   %q = quantize_linear(%x, %s, %z); %y = dequantize_linear(%q, %s, %z); %r = relu(%y)
//     ->  %x: f32[4] pinned(0.1:-128); %r = relu(%x)
//
// Values that are quantized dynamically, in a scale computed from them, lose it and are calibrated like those of a
// float model. Pins spread (lib/pass/spread_pins.h). With discard=1 nothing is pinned: the float model remains. When:
// on a canonical graph, which is to be canonicalized again, since nodes have become neighbours. Parameters that an int8
// graph cannot have (per channel, of 16 bits, computed) stay as they are, and the quantize pass says so.

#include <algorithm>
#include <cmath>

#include "lib/ops/linear_quantization.h"
#include "lib/pass/spread_pins.h"
#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

class Adoption {
 public:
  Adoption(Graph& graph, PassContext& context)
      : graph_(graph), context_(context), discard_(context.options.integer("discard") != 0) {}

  Result<Changed> run() {
    const std::size_t before = graph_.nodes().size();
    TINYC_TRY(make_outputs_real());
    bool changed = graph_.nodes().size() != before;
    for (bool again = true; again; changed = changed || again) {
      again = TINYC_TRY(for_each_node(graph_, [&](NodeId id) { return adopt(id); })) == Changed::yes;
      // A hostile graph must not grow by copies of what moves integers.
      if (graph_.nodes().size() > 8 * before + 64)
        return Error("TC8105", "", "the quantized model branches too often between its quantized nodes");
    }
    if (changed) TINYC_TRY(merge_equal_nodes(graph_));
    if (discard_) changed = unpin() || changed;
    else changed = spread_pins(graph_) || changed;
    return changed ? Changed::yes : Changed::no;
  }

 private:
  Result<bool> adopt(NodeId id) {
    if (is_op(graph_, id, "mul")) return cancel_scale(id);
    if (!is_op(graph_, id, "dequantize_linear")) return false;
    const ValueId stored = graph_.node(id).operands().front();
    if (graph_.is_input(stored)) return adopt_input(id, stored);
    if (const NodeId quantize = producer(graph_, stored, "quantize_linear"); quantize.valid())
      return adopt_pair(quantize, id);
    return move_reals(id, graph_.value(stored).producer());
  }

  // --- parameters

  const Tensor* constant(NodeId id, int operand) const {
    const Value& value = graph_.value(graph_.node(id).operands()[static_cast<std::size_t>(operand)]);
    return value.is_constant() ? &value.constant() : nullptr;
  }

  // As an int8 activation has them; nothing when it cannot.
  std::optional<Quantization> parameters(NodeId id) const {
    const Tensor *scale = constant(id, 1), *zero_point = constant(id, 2);
    if (!scale || !zero_point) return std::nullopt;
    auto found = ops::as_int8(*scale, *zero_point, graph_.value(graph_.node(id).results().front()).type().shape);
    return found && found->is_per_tensor() ? found : std::nullopt;
  }

  bool have_same_parameters(NodeId a, NodeId b) const {
    for (const int operand : {1, 2}) {
      const auto at = static_cast<std::size_t>(operand);
      if (graph_.node(a).operands()[at] == graph_.node(b).operands()[at]) continue;
      const Tensor *left = constant(a, operand), *right = constant(b, operand);
      if (!left || !right || left->dtype() != right->dtype() || left->to_doubles() != right->to_doubles()) return false;
    }
    return true;
  }

  // The scales differ by no more than what integer arithmetic rounds, which exporters express that way. A value 127
  // steps from zero is off by an eighth of a step.
  bool have_nearly_same_parameters(NodeId quantize, NodeId dequantize) const {
    const auto from = parameters(quantize), to = parameters(dequantize);
    return have_same_zero_point(quantize, dequantize) &&
           std::fabs(to->scale.front() / from->scale.front() - 1) < 0x1p-10f;
  }

  // Of integers of one type, with parameters that int8 activations can have.
  bool have_same_zero_point(NodeId a, NodeId b) const {
    const auto from = parameters(a), to = parameters(b);
    return from && to && from->zero_point == to->zero_point && constant(a, 2)->dtype() == constant(b, 2)->dtype();
  }

  // --- pairs

  // The real value x itself, pinned, where it can take the place of the node's result; else a view of x.
  Result<ValueId> pinned(NodeId id, ValueId x, const std::optional<Quantization>& wanted) {
    const ValueId result = graph_.node(id).results().front();
    const bool other_pin = wanted && graph_.value(x).pinned() && *graph_.value(x).pinned() != *wanted;
    const bool shared_output = graph_.is_output(result) && (!graph_.value(x).producer().valid() || graph_.is_output(x));
    if (other_pin || shared_output) {
      const std::string name = graph_.node(id).name();
      Builder builder = builder_before(graph_, context_, id);
      x = TINYC_TRY(builder.emit("reshape", name, {x}, {{"shape", graph_.value(x).type().shape.sizes()}}));
    }
    if (wanted) graph_.set_pinned(x, wanted);
    return x;
  }

  Result<bool> adopt_pair(NodeId quantize, NodeId dequantize) {
    const ValueId x = graph_.node(quantize).operands().front();
    if (graph_.value(x).is_constant()) return false;
    if (have_same_parameters(quantize, dequantize) || have_nearly_same_parameters(quantize, dequantize)) {
      const auto wanted = discard_ ? std::nullopt : parameters(quantize);
      if (!wanted && !discard_ && !is_dynamic(quantize)) return false;
      replace_node(graph_, dequantize, TINYC_TRY(pinned(dequantize, x, wanted)));
      return true;
    }
    const auto from = parameters(quantize), to = parameters(dequantize);
    if (!have_same_zero_point(quantize, dequantize)) return false;
    // The same integers in other steps: the reals times a constant.
    const float factor = to->scale.front() / from->scale.front();
    if (!std::isfinite(factor) || factor <= 0) return false;
    const std::string name = graph_.node(dequantize).name();
    const auto wanted = discard_ ? std::nullopt : from;
    const ValueId seen = TINYC_TRY(pinned(dequantize, x, wanted));
    const ValueId constant = graph_.add_constant(name + "_factor", Tensor::scalar(factor));
    Builder builder = builder_before(graph_, context_, dequantize);
    const ValueId scaled = TINYC_TRY(builder.emit("mul", name, {seen, constant}));
    replace_node(graph_, dequantize, scaled);
    return true;
  }

  // --- dynamic quantization: a scale found at run time gives way to one that is calibrated

  bool is_dynamic(NodeId quantize) const {
    return graph_.value(graph_.node(quantize).operands()[1]).producer().valid();
  }

  // (y / scale) * (scale * w) -> y * w, for a scale that is computed
  Result<bool> cancel_scale(NodeId id) {
    const std::vector<ValueId> factors = graph_.node(id).operands();
    for (const std::size_t first : {0U, 1U}) {
      const NodeId quotient = producer(graph_, factors[first], "div"),
                   product = producer(graph_, factors[1 - first], "mul");
      if (!quotient.valid() || !product.valid()) continue;
      const ValueId y = graph_.node(quotient).operands()[0], scale = graph_.node(quotient).operands()[1];
      if (graph_.value(scale).is_constant() || graph_.value(scale).type().shape.elements() != 1) continue;
      const auto& scales = graph_.node(product).operands();
      if (scales[0] != scale && scales[1] != scale) continue;
      const ValueId other = scales[scales[0] == scale ? 1 : 0];
      const std::string name = graph_.node(id).name();
      const Attributes attributes = graph_.node(id).attributes();
      const Shape shape = graph_.value(graph_.node(id).results().front()).type().shape;
      if (broadcast(graph_.value(y).type().shape, graph_.value(other).type().shape) != shape) continue;
      Builder builder = builder_before(graph_, context_, id);
      replace_node_and_name(graph_, id, TINYC_TRY(builder.emit("mul", name, {y, other}, attributes)));
      return true;
    }
    return false;
  }

  // --- ends of the graph

  // An output of integers becomes the reals they stand for, which the quantized graph stores as int8 again.
  Status make_outputs_real() {
    std::vector<ValueId> outputs = graph_.outputs();
    std::vector<std::pair<ValueId, std::string>> names;
    for (ValueId& output : outputs) {
      const NodeId quantize = quantize_behind(output);
      if (!quantize.valid() || !constant(quantize, 1) || constant(quantize, 1)->elements() != 1) continue;
      if (!discard_ && !parameters(quantize)) continue;
      const std::vector<ValueId> own = graph_.node(quantize).operands();
      const std::string name = graph_.value(output).name();
      Builder builder(graph_, context_.ops);
      const ValueId real = TINYC_TRY(builder.emit("dequantize_linear", name, {output, own[1], own[2]}));
      graph_.rename(output, name + "_stored");
      names.emplace_back(real, name);
      output = real;
    }
    graph_.set_outputs(std::move(outputs));
    for (const auto& [value, name] : names) graph_.rename(value, name);
    return {};
  }

  // The node whose integers the value holds, perhaps moved; invalid when there is none.
  NodeId quantize_behind(ValueId value) const {
    const DType stored = graph_.value(value).type().dtype;
    for (NodeId id = graph_.value(value).producer(); id.valid(); id = graph_.value(value).producer()) {
      if (is_op(graph_, id, "quantize_linear")) return id;
      const NodeView node = view(graph_, id);
      if (!node.op.quantization || !node.has(0) || node.operand(0).dtype != stored) return {};
      const QuantRule rule = (*node.op.quantization)(node);
      if (!rule.unify && rule.result != QuantRule::Result::as_operand) return {};
      value = node.operand_ids[0];
    }
    return {};
  }

  Result<bool> adopt_input(NodeId id, ValueId input) {
    const Type type = graph_.value(input).type();
    const auto wanted = parameters(id);
    if (!wanted || graph_.is_output(input)) return false;
    const std::vector<Use> uses = graph_.value(input).uses();
    for (const Use& use : uses)
      if (!is_op(graph_, use.node, "dequantize_linear") || use.operand != 0 || !have_same_parameters(id, use.node))
        return false;
    const std::int32_t zero_point = wanted->zero_point.front() + (type.dtype == DType::u8 ? 128 : 0);
    graph_.set_type(input, Type{type.dtype, type.shape, Quantization::per_tensor(wanted->scale.front(), zero_point)});
    Builder builder = builder_before(graph_, context_, first_of(uses));
    const ValueId real = TINYC_TRY(builder.emit("dequantize", graph_.value(input).name() + "_real", {input}));
    for (const Use& use : uses) {
      const auto own = discard_ ? std::nullopt : wanted;
      replace_node(graph_, use.node, TINYC_TRY(pinned(use.node, real, own)));
    }
    return true;
  }
  NodeId first_of(const std::vector<Use>& uses) const {
    for (const NodeId id : graph_.nodes())
      if (std::any_of(uses.begin(), uses.end(), [&](const Use& use) { return use.node == id; })) return id;
    return {};
  }

  // --- nodes that move integers

  // Whether the reals that a node's result stands for are the node of the reals that its operands stand for.
  bool moves(const Node& node, std::int64_t zero_point) const {
    if (!node.op().quantization || node.results().size() != 1 || has_clamp(node)) return false;
    const std::string_view op = node.op().name;
    if (op == "relu" || op == "clip") return false;
    if (op == "pad") return node.attributes().text_or("mode", "") != "constant" ||
                            node.attributes().real_or("value", 0) == static_cast<double>(zero_point);
    if (op == "resize") return node.attributes().text_or("mode", "") == "nearest";
    const QuantRule rule = (*node.op().quantization)(view(graph_, graph_.value(node.results().front()).producer()));
    return rule.unify || rule.result == QuantRule::Result::as_operand;
  }

  // dequantize_linear(move(%q)) -> move(dequantize_linear(%q))
  Result<bool> move_reals(NodeId id, NodeId mover) {
    const Tensor *scale = constant(id, 1), *zero_point = constant(id, 2);
    if (!mover.valid() || !scale || !zero_point || scale->elements() != 1 || zero_point->elements() != 1) return false;
    if (!moves(graph_.node(mover), zero_point->to_integers().front())) return false;
    const std::string op(graph_.node(mover).op().name), name = graph_.node(mover).name();
    Attributes attributes = graph_.node(mover).attributes();
    if (op == "pad" && attributes.has("value")) attributes.set("value", 0.0);
    const DType stored = zero_point->dtype();
    const std::vector<ValueId> parameters = graph_.node(id).operands();
    std::vector<ValueId> operands = graph_.node(mover).operands();
    Builder builder = builder_before(graph_, context_, id);
    for (ValueId& operand : operands) {
      if (!operand.valid() || graph_.value(operand).type().dtype != stored) continue;
      const std::string real_name = graph_.value(operand).name() + "_real";
      if (graph_.value(operand).is_constant())
        operand = graph_.add_constant(real_name, ops::dequantize_linear(graph_.value(operand).constant(),
                                                                        graph_.value(parameters[1]).constant(),
                                                                        graph_.value(parameters[2]).constant()));
      else operand = TINYC_TRY(builder.emit("dequantize_linear", real_name, {operand, parameters[1], parameters[2]}));
    }
    replace_node_and_name(graph_, id, TINYC_TRY(builder.emit(op, name, std::move(operands), std::move(attributes))));
    return true;
  }

  // --- pins

  bool unpin() {
    bool changed = false;
    for (const ValueId id : graph_.values()) {
      changed = changed || graph_.value(id).pinned();
      graph_.set_pinned(id, std::nullopt);
    }
    return changed;
  }

  Graph& graph_;
  PassContext& context_;
  bool discard_;
};

Result<Changed> run(Graph& graph, PassContext& context) { return Adoption(graph, context).run(); }

}  // namespace

const Pass& adopt_quantization() {
  static const Pass pass{{.name = "adopt-quantization",
                          .summary = "makes the parameters of an already quantized model those of its values",
                          .stages = {Stage::canonical},
                          .becomes = Stage::imported,
                          .options = {{"discard", std::int64_t{0}, "1: the parameters go, the float model remains"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
