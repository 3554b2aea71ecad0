#include "passes/compress/quantize_blockers.h"

#include <cmath>

namespace tinyc::passes {
namespace {

constexpr std::int64_t max_products = 2147483647 / (255 * 255);  // of two stored operands in an int32

bool is_finite(const Tensor& tensor) {
  for (const float x : tensor.data<float>())
    if (!std::isfinite(x)) return false;
  return true;
}

std::string with_reason(const NodeView& node, std::string_view what, std::string_view reason) {
  return std::string(node.op.name) + " has no " + std::string(what) + ": " + std::string(reason);
}

// Why a node that a rule covers cannot be int8; empty when it can.
std::string obstacle(const NodeView& node, const QuantRule& rule) {
  for (int i = 0; i < node.operand_count(); ++i)
    if (node.has(i) && !node.constant(i) && node.operand(i).dtype != DType::f32)
      return std::string(node.op.name) + " computes with " + std::string(to_string(node.operand(i).dtype)) + " values";
  for (const Value* result : node.results)
    if (result->type().dtype != DType::f32)
      return std::string(node.op.name) + " makes " + std::string(to_string(result->type().dtype)) + " values";
  if (rule.weight >= 0 && !node.constant(rule.weight)) return "its weights are computed at run time";
  if (rule.bias >= 0 && node.has(rule.bias) && !node.constant(rule.bias)) return "its bias is computed at run time";
  if (rule.products > max_products)
    return "it adds up " + std::to_string(rule.products) + " products, an int32 holds " + std::to_string(max_products);
  if (!rule.table) return node.op.eval_int8 ? "" : with_reason(node, "int8 form", node.op.eval_int8.reason());
  for (int i = 1; i < node.operand_count(); ++i)
    if (node.has(i) && (!node.constant(i) || node.operand(i).shape.elements() != 1))
      return std::string(node.op.name) + " is a table of one operand only when the others are constant numbers";
  return node.op.eval_float ? "" : with_reason(node, "float evaluation", node.op.eval_float.reason());
}

}  // namespace

Status check_quantizable(const Graph& graph) {
  std::vector<Diagnostic> blockers;
  for (const ValueId id : graph.inputs())
    if (graph.value(id).type().dtype != DType::f32)
      blockers.push_back({"TC3020", graph.value(id).name(), "the input holds " + graph.value(id).type().to_string() +
                                                                ", int8 models take real inputs", ""});
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const std::string reason = node.op.quantization ? obstacle(node, (*node.op.quantization)(node))
                                                    : with_reason(node, "int8 form", node.op.quantization.reason());
    if (!reason.empty()) blockers.push_back({"TC3020", std::string(node.name), reason, ""});
  }
  for (const ValueId id : graph.values())
    if (graph.value(id).is_constant() && graph.value(id).type().dtype == DType::f32 && !is_finite(graph.value(id).constant()))
      blockers.push_back({"TC4020", graph.value(id).name(), "the constant has NaN or infinite elements", "repair the model"});
  if (!blockers.empty()) return Error(std::move(blockers));
  return {};
}

}  // namespace tinyc::passes
