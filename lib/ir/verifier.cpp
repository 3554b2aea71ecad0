#include "lib/ir/verifier.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/ir/builder.h"

namespace tinyc {
namespace {

Error broken(std::string_view where, std::string message) { return Error("TC1010", std::string(where), std::move(message)); }

// Parameters that fit a tensor of this shape, stored as `dtype`.
Status check_quantization(const std::string& where, const Shape& shape, const Quantization& q, DType dtype) {
  const auto bad = [&](const std::string& why) { return Error("TC1011", where, "quantization parameters: " + why); };
  std::int64_t low = 0, high = 0;
  switch (dtype) {
    case DType::i8: low = -128; high = 127; break;
    case DType::u8: high = 255; break;
    case DType::i16: low = -32768; high = 32767; break;
    case DType::u16: high = 65535; break;
    case DType::i32: low = std::numeric_limits<std::int32_t>::min(); high = std::numeric_limits<std::int32_t>::max(); break;
    default: return bad("of " + std::string(to_string(dtype)));
  }
  if (q.axis >= shape.rank()) return bad("axis " + std::to_string(q.axis) + " of shape " + shape.to_string());
  const std::int64_t channels = q.is_per_tensor() ? 1 : shape[q.axis];
  if (static_cast<std::int64_t>(q.scale.size()) != channels || q.zero_point.size() != q.scale.size())
    return bad(std::to_string(q.scale.size()) + " scales and " + std::to_string(q.zero_point.size()) +
               " zero points for " + std::to_string(channels) + " channels");
  if (!std::ranges::all_of(q.scale, [](float scale) { return std::isfinite(scale) && scale > 0; }))
    return bad("a scale that is not positive and finite");
  if (!std::ranges::all_of(q.zero_point, [&](std::int32_t zero) { return zero >= low && zero <= high; }))
    return bad("a zero point outside of " + std::string(to_string(dtype)));
  return {};
}

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), defined_(graph.value_bound(), false) {}

  Status check() {
    for (const ValueId id : graph_.values()) TINYC_TRY(check_value(id));
    for (const ValueId id : graph_.inputs()) {
      if (!graph_.contains(id)) return broken("", "an input that is not in the graph");
      defined_[id.index] = true;
    }
    for (const NodeId id : graph_.nodes()) {
      if (!graph_.contains(id)) return broken("", "the order names a node that is not in the graph");
      TINYC_TRY(check_node(id));
      TINYC_TRY(check_types(id));
      TINYC_TRY(check_stage(id));
    }
    if (uses_ != operands_) return broken("", "an operand whose value does not know of its use");
    for (const ValueId id : graph_.values()) TINYC_TRY(check_definition(id));
    for (const ValueId id : graph_.outputs())
      if (!graph_.contains(id)) return broken("", "an output that is not in the graph");
    return {};
  }

 private:
  Status check_value(ValueId id) {
    const Value& value = graph_.value(id);
    if (graph_.find_value(value.name()) != id) return broken(value.name(), "the name stands for another value");
    if (!value.type().shape.valid()) return broken(value.name(), "the shape " + value.type().shape.to_string());
    const Type& type = value.type();
    if (type.is_quantized()) TINYC_TRY(check_quantization(value.name(), type.shape, *type.quantization, type.dtype));
    if (value.pinned()) TINYC_TRY(check_quantization(value.name(), type.shape, *value.pinned(), DType::i8));
    if (value.is_constant()) {
      const Tensor& tensor = value.constant();
      if (tensor.dtype() != value.type().dtype || tensor.shape() != value.type().shape)
        return Error("TC1011", value.name(), "a constant of another type than its value's " + value.type().to_string());
      defined_[id.index] = true;
    }
    std::vector<Use> uses = value.uses();
    std::ranges::sort(uses);
    if (std::ranges::adjacent_find(uses) != uses.end()) return broken(value.name(), "a use recorded twice");
    for (const Use& use : uses) {
      const bool there = graph_.contains(use.node) &&
                         use.operand < static_cast<int>(graph_.node(use.node).operands().size()) &&
                         graph_.node(use.node).operands()[static_cast<std::size_t>(use.operand)] == id;
      if (!there) return broken(value.name(), "a use that no node has");
    }
    uses_ += uses.size();
    return {};
  }

  Status check_node(NodeId id) {
    const Node& node = graph_.node(id);
    for (const ValueId operand : node.operands()) {
      if (!operand.valid()) continue;
      if (!graph_.contains(operand)) return broken(node.name(), "an operand that is not in the graph");
      ++operands_;
      if (!defined_[operand.index])
        return broken(node.name(), "the operand '" + graph_.value(operand).name() + "' is computed later or never");
    }
    for (std::size_t i = 0; i < node.results().size(); ++i) {
      const ValueId result = node.results()[i];
      if (!graph_.contains(result)) return broken(node.name(), "a result that is not in the graph");
      const Value& value = graph_.value(result);
      if (value.producer() != id || value.result_index() != static_cast<int>(i))
        return broken(node.name(), "the result '" + value.name() + "' names another producer");
      if (defined_[result.index]) return broken(node.name(), "the result '" + value.name() + "' is defined twice");
      defined_[result.index] = true;
    }
    return {};
  }

  Status check_definition(ValueId id) {
    const Value& value = graph_.value(id);
    if (!defined_[id.index]) return broken(value.name(), "the value is defined by nothing");
    const int kinds = (graph_.is_input(id) ? 1 : 0) + (value.is_constant() ? 1 : 0) + (value.producer().valid() ? 1 : 0);
    if (kinds != 1) return broken(value.name(), "the value is more than one of input, constant and result");
    return {};
  }

  // The operator's parameters of a result are known to the quantize pass alone; a view's are its operand's.
  Status check_types(NodeId id) {
    const Node& node = graph_.node(id);
    auto inferred = infer(graph_, node.op(), node.name(), node.operands(), node.attributes());
    if (!inferred.ok()) return Error("TC1011", node.name(), inferred.error().to_string());
    if (inferred->size() != node.results().size()) return broken(node.name(), "the number of results");
    for (std::size_t i = 0; i < inferred->size(); ++i) {
      const Type& recorded = graph_.value(node.results()[i]).type();
      const Type& type = inferred->at(i);
      if (type.dtype != recorded.dtype || type.shape != recorded.shape ||
          (type.is_quantized() && type.quantization != recorded.quantization))
        return Error("TC1011", node.name(), std::string(node.op().name) + " yields " + type.to_string() +
                                                ", recorded is " + recorded.to_string());
    }
    return {};
  }

  Status check_stage(NodeId id) {
    const Node& node = graph_.node(id);
    const auto violates = [&](const std::string& why) {
      return Error("TC1012", node.name(), why + " in a graph of stage " + std::string(to_string(graph_.stage)));
    };
    if (graph_.stage >= Stage::canonical) {
      if (node.op().name == "identity" || node.op().name == "dropout") return violates("an " + std::string(node.op().name));
      if (node.op().name == "batch_norm" && follows_foldable(node)) return violates("a batch_norm that could be folded");
    }
    std::vector<ValueId> activations = node.results();
    for (const ValueId operand : node.operands())
      if (operand.valid() && !graph_.value(operand).is_constant()) activations.push_back(operand);
    if (graph_.stage == Stage::calibrated)
      for (const ValueId activation : activations)
        if (is_float(graph_.value(activation).type().dtype) && !graph_.value(activation).range())
          return violates("the value '" + graph_.value(activation).name() + "' without a range");
    if (graph_.stage >= Stage::quantized) return check_integer_node(node, activations);
    return {};
  }

  bool follows_foldable(const Node& batch_norm) {
    const NodeId producer = graph_.value(batch_norm.operands().front()).producer();
    if (!producer.valid()) return false;
    const Node& dense = graph_.node(producer);
    const ValueId result = dense.results().front();
    return (dense.op().name == "conv2d" || dense.op().name == "fully_connected") &&
           graph_.value(dense.operands()[1]).is_constant() && graph_.value(result).uses().size() == 1 &&
           !graph_.is_output(result) && !graph_.value(result).pinned() && !dense.attributes().has("clamp_low") &&
           !dense.attributes().has("clamp_high") &&
           std::ranges::all_of(batch_norm.operands().begin() + 1, batch_norm.operands().end(),
                               [&](ValueId operand) { return graph_.value(operand).is_constant(); });
  }

  Status check_integer_node(const Node& node, const std::vector<ValueId>& activations) {
    const auto quantized = [&](ValueId id) { return graph_.value(id).type().is_quantized(); };
    if (node.op().name == "quantize" || node.op().name == "dequantize" || std::ranges::none_of(activations, quantized))
      return {};
    for (const ValueId id : activations) {
      const Type& type = graph_.value(id).type();
      const bool is_real = type.is_quantized() || is_float(type.dtype) || type.dtype == DType::i8;
      if (is_real && (type.dtype != DType::i8 || !type.is_quantized() || !type.quantization->is_per_tensor()))
        return Error("TC1012", node.name(), "the integer node has the activation '" + graph_.value(id).name() + "' of type " +
                                                type.to_string() + ", which is not i8 with parameters per tensor");
    }
    return {};
  }

  const Graph& graph_;
  std::vector<bool> defined_;
  std::size_t uses_ = 0, operands_ = 0;  // every use is genuine, so equal numbers mean that none is missing
};

}  // namespace

Status verify(const Graph& graph) { return Verifier(graph).check(); }

}  // namespace tinyc
