#include "formats/onnx/importer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"

namespace tinyc::onnx_format {
namespace {

// Imports a body of a node: attribute, inputs, suffix.
using ImportBody = std::function<Result<std::vector<ValueId>>(std::string_view, const std::vector<ValueId>&, std::string_view)>;

// One node during its import. Values made on the way are named after its first output.
class NodeContext final : public ImportContext {
 public:
  NodeContext(Graph& graph, const FlatNode& node, std::string prefix, Attributes attributes, std::vector<ValueId> inputs,
              ImportBody import_body)
      : graph_(graph), node_(node), prefix_(std::move(prefix)), name_(prefix_ + node.name()), attributes_(std::move(attributes)), inputs_(std::move(inputs)),
        import_body_(std::move(import_body)) {}

  std::string_view name() const override { return name_; }
  std::string_view op_type() const override { return node_.proto.op_type(); }
  int opset() const override {
    const auto at = node_.opsets->find(canonical_domain(node_.proto.domain()));
    return at == node_.opsets->end() ? 1 : static_cast<int>(at->second);  // of ai.onnx it is there
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

  Result<std::vector<ValueId>> import_body(std::string_view attribute, std::vector<ValueId> inputs,
                                           std::string_view suffix) override {
    return import_body_(attribute, inputs, suffix);
  }

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
      if (!output.empty()) return prefix_ + output;
    return name_;
  }

  Graph& graph_;
  const FlatNode& node_;
  std::string prefix_;  // of names in a body
  std::string name_;
  Attributes attributes_;
  std::vector<ValueId> inputs_;
  ImportBody import_body_;
};

bool has_nan(const Tensor& tensor) {
  if (!is_float(tensor.dtype())) return false;
  const Tensor real = to_compute_type(tensor);
  return std::ranges::any_of(real.data<float>(), [](float x) { return std::isnan(x); });
}

// What names stand for, in a graph or in a body within one.
struct Scope {
  const Scope* outer = nullptr;
  std::unordered_map<std::string, ValueId> values = {};
  std::unordered_set<std::string> not_computed = {};  // outputs of imported nodes that tinyc lacks

  std::optional<ValueId> find(const std::string& name) const {
    for (const Scope* scope = this; scope; scope = scope->outer)
      if (const auto at = scope->values.find(name); at != scope->values.end()) return at->second;
    return std::nullopt;
  }
  bool lacks(const std::string& name) const { return not_computed.contains(name) || (outer && outer->lacks(name)); }
};

class Importer {
 public:
  Importer(onnx::GraphProto& proto, const FlatModel& model, ExternalData& external, const OnnxReadOptions& options)
      : proto_(proto), model_(model), external_(external), options_(options) {}

  Result<Graph> import() {
    TINYC_TRY(add_inputs());
    add_initializers();
    TINYC_TRY(problems_.status());
    for (const FlatNode& node : model_.nodes) import_node(node, "", top_, problems_);
    TINYC_TRY(problems_.status());
    std::vector<ValueId> outputs;
    for (const auto& output : proto_.output()) {
      if (const auto id = top_.find(output.name())) outputs.push_back(*id);
      else problems_.add("TC3108", output.name(), "the model's output is one that tinyc does not compute");
    }
    TINYC_TRY(problems_.status());
    restore_names();
    graph_.set_outputs(std::move(outputs));
    graph_.erase_unused_constants();
    return std::move(graph_);
  }

 private:
  void define_own(const std::string& name, ValueId id) {
    top_.values.emplace(name, id);
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
    for (const FlatNode& node : model_.nodes)
      for (std::string& name : node.reads()) read.insert(std::move(name));
    for (const auto& output : proto_.output()) read.insert(output.name());
    for (onnx::TensorProto& initializer : *proto_.mutable_initializer()) {
      if (!read.contains(initializer.name())) continue;
      const auto tensor = read_tensor(initializer, initializer.name(), external_);
      if (!tensor.ok()) problems_.add(tensor.error());
      else if (has_nan(*tensor))
        problems_.add("TC4110", initializer.name(), "the initializer has elements that are not a number (NaN)",
                      "the training diverged, or the file is damaged");
      else define_own(initializer.name(), graph_.add_constant(initializer.name(), to_compute_type(*tensor)));
      initializer.clear_raw_data();
    }
  }

  // The operands of a node; nothing when one of them comes from a node that failed, which has been reported.
  std::optional<std::vector<ValueId>> operands_of(const FlatNode& node, const Scope& scope, Problems& problems) {
    std::vector<ValueId> operands;
    for (const std::string& name : node.reads()) {
      const auto id = name.empty() ? ValueId() : scope.find(name);
      if (!id) {
        if (scope.lacks(name))
          problems.add("TC3108", node.name(), "the operand '" + name + "' is an output that tinyc does not compute");
        return std::nullopt;
      }
      operands.push_back(*id);
    }
    operands.resize(static_cast<std::size_t>(node.proto.input_size()));
    while (!operands.empty() && !operands.back().valid()) operands.pop_back();
    return operands;
  }

  void import_node(const FlatNode& node, const std::string& prefix, Scope& scope, Problems& problems) {
    auto operands = operands_of(node, scope, problems);
    if (!operands) return;
    auto attributes = read_attributes(node, external_);
    if (!attributes.ok()) return problems.add(attributes.error());
    const std::size_t first_new = graph_.value_bound();
    const std::string own_name = prefix + node.name();
    const ImportBody import_body = [&](std::string_view attribute, const std::vector<ValueId>& inputs, std::string_view suffix) {
      return this->import_body(node, own_name, scope, attribute, inputs, suffix);
    };
    NodeContext context(graph_, node, prefix, std::move(*attributes), std::move(*operands), import_body);
    auto results = find_onnx_import(node.proto.domain(), node.proto.op_type())->import(context);
    if (!results.ok()) return problems.add(results.error());
    const bool is_top = &scope == &top_;
    for (int i = 0; i < node.proto.output_size(); ++i) {
      const std::string& name = node.proto.output(i);
      if (name.empty()) continue;
      if (i >= static_cast<int>(results->size())) { scope.not_computed.insert(name); continue; }
      const ValueId id = results->at(static_cast<std::size_t>(i));
      const bool own = is_top && id.index >= first_new && !graph_.is_input(id);
      if (own) define_own(name, id);
      else scope.values.emplace(name, id);
    }
  }

  Result<std::vector<ValueId>> import_body(const FlatNode& node, const std::string& name, const Scope& outer,
                                           std::string_view attribute, const std::vector<ValueId>& inputs,
                                           std::string_view suffix) {
    const auto body = std::ranges::find(node.bodies, attribute, &FlatBody::attribute);
    if (body == node.bodies.end()) return Error("TC4106", name, "the attribute '" + std::string(attribute) + "' is missing");
    if (body->graph.input_size() != static_cast<int>(inputs.size()))
      return Error("TC4001", name, "the graph '" + std::string(attribute) + "' takes " + std::to_string(body->graph.input_size()) +
                                       " values, the node gives " + std::to_string(inputs.size()));
    unrolled_ += static_cast<std::int64_t>(body->nodes.size());
    if (unrolled_ > options_.max_nodes)
      return Error("TC8103", name, "the unrolled model has more than " + std::to_string(options_.max_nodes) + " nodes, tinyc's limit");
    Scope scope{&outer};
    for (std::size_t i = 0; i < inputs.size(); ++i) scope.values.emplace(body->graph.input(static_cast<int>(i)).name(), inputs[i]);
    for (const onnx::TensorProto& initializer : body->graph.initializer())
      scope.values.emplace(initializer.name(), TINYC_TRY(constant_of(initializer)));
    const std::string prefix = name + (suffix.empty() ? "" : "_") + std::string(suffix) + "/";
    Problems problems;
    for (const FlatNode& inner : body->nodes) {
      const Status known = check_operator(inner, prefix + inner.name());
      if (known.ok()) import_node(inner, prefix, scope, problems);
      else problems.add(known.error());
    }
    TINYC_TRY(problems.status());
    std::vector<ValueId> outputs;
    for (const auto& output : body->graph.output()) {
      const auto id = scope.find(output.name());
      if (!id) return Error("TC3108", name, "the output '" + output.name() + "' of a body is one that tinyc does not compute");
      outputs.push_back(*id);
    }
    return outputs;
  }

  // The initializer of a body, once for all its copies.
  Result<ValueId> constant_of(const onnx::TensorProto& initializer) {
    if (const auto at = body_constants_.find(&initializer); at != body_constants_.end()) return at->second;
    const Tensor tensor = TINYC_TRY(read_tensor(initializer, initializer.name(), external_));
    return body_constants_[&initializer] = graph_.add_constant(initializer.name(), to_compute_type(tensor));
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
  Scope top_;
  std::vector<std::pair<ValueId, std::string>> named_;
  std::unordered_map<const onnx::TensorProto*, ValueId> body_constants_;
  std::int64_t unrolled_ = 0;  // nodes of all copies of bodies
  Problems problems_;
};

}  // namespace

Result<Graph> import_graph(onnx::GraphProto& graph, const FlatModel& model, ExternalData& external,
                           const OnnxReadOptions& options) {
  return Importer(graph, model, external, options).import();
}

}  // namespace tinyc::onnx_format
