#include "formats/onnx/importer.h"

#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"

namespace tinyc::onnx_format {
namespace {

// One node during its import. Values made on the way are named after its first output.
class NodeContext final : public ImportContext {
 public:
  NodeContext(Graph& graph, const FlatNode& node, Attributes attributes, std::vector<ValueId> inputs)
      : graph_(graph), node_(node), name_(node.name()), attributes_(std::move(attributes)), inputs_(std::move(inputs)) {}

  std::string_view name() const override { return name_; }
  std::string_view op_type() const override { return node_.proto.op_type(); }
  int opset() const override {
    const auto at = node_.opsets->find(canonical_domain(node_.proto.domain()));
    return at == node_.opsets->end() ? 1 : static_cast<int>(at->second);
  }
  const Attributes& attributes() const override { return attributes_; }
  int input_count() const override { return static_cast<int>(inputs_.size()); }
  bool has_input(int i) const override { return i < input_count() && inputs_[static_cast<std::size_t>(i)].valid(); }
  ValueId input(int i) const override {
    TINYC_CHECK(has_input(i), "an importer reads operands that are there");
    return inputs_[static_cast<std::size_t>(i)];
  }
  int output_count() const override {
    int count = node_.proto.output_size();
    while (count > 0 && node_.proto.output(count - 1).empty()) --count;
    return count;
  }
  Graph& graph() override { return graph_; }

  Result<std::vector<ValueId>> emit_all(std::string_view op_name, std::vector<ValueId> operands, Attributes attributes,
                                        std::string_view suffix) override {
    const OpDef* op = find_op(all_ops(), op_name);
    TINYC_CHECK(op != nullptr, "the operator '" + std::string(op_name) + "' is not registered");
    const std::string tail = suffix.empty() ? std::string() : "_" + std::string(suffix);
    auto types = TINYC_TRY(infer(graph_, *op, name_, operands, attributes));
    const std::vector<std::string> names(types.size(), output_name() + tail);
    if (const auto folded = TINYC_TRY(fold(*op, operands, attributes, types, names.front()))) return std::vector{*folded};
    const NodeId id = graph_.add_node(*op, name_ + tail, std::move(operands), std::move(attributes), std::move(types), names);
    return graph_.node(id).results();
  }

 private:
  // Arithmetic on shapes is done at once, so that importers see the constants that exporters compute. Nothing when the
  // node is no such thing.
  Result<std::optional<ValueId>> fold(const OpDef& op, const std::vector<ValueId>& operands, const Attributes& attributes,
                                      const std::vector<Type>& types, const std::string& result_name) {
    constexpr std::int64_t max_elements = 1024;
    if (types.size() != 1 || is_float(types[0].dtype) || types[0].is_quantized() || !op.eval_float ||
        types[0].shape.elements() > max_elements)
      return std::optional<ValueId>();
    NodeView node{op, name_, attributes, {}, {}, operands, {}};
    std::vector<const Tensor*> in;
    for (const ValueId operand : operands) {
      const Value* value = operand.valid() ? &graph_.value(operand) : nullptr;
      if (value && !value->is_constant()) return std::optional<ValueId>();
      node.operands.push_back(value);
      in.push_back(value ? &value->constant() : nullptr);
    }
    Graph scratch;  // holds the result's type for the operator to look at
    const ValueId result = scratch.add_input(result_name, types[0]);
    node.results = {&scratch.value(result)};
    node.result_ids = {result};
    std::vector<Tensor> out{Tensor(types[0].dtype, types[0].shape)};
    TINYC_TRY((*op.eval_float)(node, in, out));
    return std::optional(graph_.add_constant(result_name, std::move(out[0])));
  }

  std::string output_name() const {
    for (const std::string& output : node_.proto.output())
      if (!output.empty()) return output;
    return name_;
  }

  Graph& graph_;
  const FlatNode& node_;
  std::string name_;
  Attributes attributes_;
  std::vector<ValueId> inputs_;
};

class Importer {
 public:
  Importer(onnx::GraphProto& proto, const FlatModel& model, ExternalData& external, const OnnxReadOptions& options)
      : proto_(proto), model_(model), external_(external), options_(options) {}

  Result<Graph> import() {
    TINYC_TRY(add_inputs());
    add_initializers();
    TINYC_TRY(problems_.status());
    for (const FlatNode& node : model_.nodes) import_node(node);
    TINYC_TRY(problems_.status());
    std::vector<ValueId> outputs;
    for (const auto& output : proto_.output()) {
      if (const auto at = values_.find(output.name()); at != values_.end()) outputs.push_back(at->second);
      else problems_.add("TC3108", output.name(), "the model's output is one that tinyc does not compute");
    }
    TINYC_TRY(problems_.status());
    restore_names();
    graph_.set_outputs(std::move(outputs));
    graph_.erase_unused_constants();
    return std::move(graph_);
  }

 private:
  void define(const std::string& name, ValueId id) { values_.emplace(name, id); }
  void define_own(const std::string& name, ValueId id) {
    define(name, id);
    named_.emplace_back(id, name);
  }

  Status add_inputs() {
    for (const GraphInput& input : TINYC_TRY(resolve_inputs(proto_, options_))) {
      const auto bound = options_.bind.find(input.name);
      if (bound == options_.bind.end()) {
        define_own(input.name, graph_.add_input(input.name, input.type));
        continue;
      }
      Tensor tensor = to_compute_type(bound->second);
      if (tensor.dtype() != input.type.dtype || tensor.shape() != input.type.shape)
        return Error("TC6011", input.name, "the bound value is " + std::string(to_string(tensor.dtype())) +
                                               tensor.shape().to_string() + ", the input " + input.type.to_string());
      define_own(input.name, graph_.add_constant(input.name, std::move(tensor)));
    }
    return {};
  }

  // Only those that are read; the others may be of any kind.
  void add_initializers() {
    std::unordered_set<std::string> read;
    for (const FlatNode& node : model_.nodes) read.insert(node.proto.input().begin(), node.proto.input().end());
    for (const auto& output : proto_.output()) read.insert(output.name());
    for (onnx::TensorProto& initializer : *proto_.mutable_initializer()) {
      if (!read.contains(initializer.name())) continue;
      auto tensor = read_tensor(initializer, initializer.name(), external_);
      if (tensor.ok()) define_own(initializer.name(), graph_.add_constant(initializer.name(), to_compute_type(*tensor)));
      else problems_.add(tensor.error());
      initializer.clear_raw_data();
    }
  }

  // The operands of a node; nothing when one of them comes from a node that failed, which has been reported.
  std::optional<std::vector<ValueId>> operands_of(const FlatNode& node) {
    std::vector<ValueId> operands;
    for (const std::string& name : node.proto.input()) {
      if (name.empty()) { operands.push_back({}); continue; }
      const auto at = values_.find(name);
      if (at == values_.end()) {
        if (not_computed_.contains(name))
          problems_.add("TC3108", node.name(), "the operand '" + name + "' is an output that tinyc does not compute");
        return std::nullopt;
      }
      operands.push_back(at->second);
    }
    while (!operands.empty() && !operands.back().valid()) operands.pop_back();
    return operands;
  }

  void import_node(const FlatNode& node) {
    auto operands = operands_of(node);
    if (!operands) return;
    auto attributes = read_attributes(node, external_);
    if (!attributes.ok()) return problems_.add(attributes.error());
    const std::size_t first_new = graph_.value_bound();
    NodeContext context(graph_, node, std::move(*attributes), std::move(*operands));
    auto results = find_onnx_import(node.proto.domain(), node.proto.op_type())->import(context);
    if (!results.ok()) return problems_.add(results.error());
    for (int i = 0; i < node.proto.output_size(); ++i) {
      const std::string& name = node.proto.output(i);
      if (name.empty()) continue;
      if (i >= static_cast<int>(results->size())) { not_computed_.insert(name); continue; }
      const ValueId id = results->at(static_cast<std::size_t>(i));
      const bool own = id.index >= first_new && !graph_.is_input(id);
      if (own) define_own(name, id);
      else define(name, id);
    }
  }

  // Values of the file get their names back where an intermediate value had taken one before.
  void restore_names() {
    for (const auto& [id, name] : named_) {
      if (graph_.value(id).name() == name) continue;
      if (const auto holder = graph_.find_value(name)) graph_.rename(*holder, name + "_");
      graph_.rename(id, name);
    }
  }

  onnx::GraphProto& proto_;
  const FlatModel& model_;
  ExternalData& external_;
  const OnnxReadOptions& options_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> values_;  // by their ONNX name
  std::vector<std::pair<ValueId, std::string>> named_;
  std::unordered_set<std::string> not_computed_;
  Problems problems_;
};

}  // namespace

Result<Graph> import_graph(onnx::GraphProto& graph, const FlatModel& model, ExternalData& external,
                           const OnnxReadOptions& options) {
  return Importer(graph, model, external, options).import();
}

}  // namespace tinyc::onnx_format
