// fold-constants: evaluates nodes whose operands are all constant: transposed weights, shape computations.
//
//   const %w = ...; %t = transpose(%w) {perm=[1, 0]}   ->   const %t = ...
//
// When: from the first round on. Left alone are nodes that blow up small operands (a result of more than max_elements
// elements that is larger than its operands together), so that a hostile file cannot make constants explode, and
// nodes that compute an output of the graph.

#include <algorithm>

#include "lib/ops/linear_quantization.h"
#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {
namespace {

bool can_fold(const Graph& graph, const NodeView& node, std::int64_t max_elements) {
  if (!node.op.eval_float) return false;
  std::int64_t operands = 0, results = 0;
  for (const Value* operand : node.operands) {
    if (operand && !operand->is_constant()) return false;
    if (operand) operands += operand->constant().elements();
  }
  for (const ValueId result : node.result_ids) {
    if (graph.is_output(result) || graph.value(result).type().is_quantized()) return false;
    results += graph.value(result).type().shape.elements();
  }
  return results <= std::max(operands, max_elements);
}

// The name of the constant that takes a result's place: the operand's, where the operand is the only one and is
// read by nothing else (weights in another order are still the weights).
std::string name_of_folded(const Graph& graph, const NodeView& node, ValueId result) {
  const bool stands_for_operand = node.operand_ids.size() == 1 && has_single_use(graph, node.operand_ids.front());
  return graph.value(stands_for_operand ? node.operand_ids.front() : result).name();
}

// The pin of a constant that a node on constants computes: the parameters of what is dequantized, and those of an
// operand that is only seen under another shape or order of axes.
std::optional<Quantization> pin_of_folded(const NodeView& node) {
  if (node.op.name == "dequantize_linear")
    return ops::as_int8(*node.constant(1), *node.constant(2), node.result().shape);
  if ((node.op.name != "reshape" && node.op.name != "transpose") || !node.operands[0]->pinned()) return std::nullopt;
  Graph scratch;  // the operator carries the parameters of a type along
  const ValueId x = scratch.add_input("x", Type{DType::i8, node.operand(0).shape, node.operands[0]->pinned()});
  const auto types = infer(scratch, node.op, node.name, {x}, node.attributes);
  return types.ok() ? types->front().quantization : std::nullopt;
}

Status fold(Graph& graph, NodeId id, const NodeView& node) {
  std::vector<const Tensor*> in;
  std::vector<Tensor> out;
  for (const Value* operand : node.operands) in.push_back(operand ? &operand->constant() : nullptr);
  for (const Value* result : node.results) out.emplace_back(result->type().dtype, result->type().shape);
  TINYC_TRY((*node.op.eval_float)(node, in, out));
  const auto pin = pin_of_folded(node);
  std::vector<std::pair<std::string, ValueId>> named;
  for (const ValueId result : node.result_ids) named.emplace_back(name_of_folded(graph, node, result), result);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const ValueId constant = graph.add_constant(named[i].first, std::move(out[i]));
    graph.set_pinned(constant, pin);
    graph.replace_uses(named[i].second, constant);
    named[i].second = constant;
  }
  graph.erase_node(id);
  graph.erase_unused_constants();
  for (const auto& [name, constant] : named)
    if (graph.contains(constant)) graph.rename(constant, name);
  return {};
}

Result<Changed> run(Graph& graph, PassContext& context) {
  const std::int64_t max_elements = context.options.integer("max_elements");
  return for_each_node(graph, [&](NodeId id) -> Result<bool> {
    const NodeView node = view(graph, id);
    if (!can_fold(graph, node, max_elements)) return false;
    TINYC_TRY(fold(graph, id, node));
    return true;
  });
}

}  // namespace

const Pass& fold_constants() {
  static const Pass pass{
      {.name = "fold-constants",
       .summary = "evaluates nodes whose operands are all constant",
       .stages = before_calibration,
       .options = {{"max_elements", std::int64_t{1} << 16, "results of up to this size may be larger than their operands"}}},
      run};
  return pass;
}

}  // namespace tinyc::passes
