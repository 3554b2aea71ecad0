#include <algorithm>
#include <set>

#include "formats/onnx/model.h"

namespace tinyc::onnx_format {
namespace {

constexpr std::int64_t oldest_opset = 6, newest_opset = 23;

std::string key_of(const std::string& domain, const std::string& name) { return canonical_domain(domain) + "\n" + name; }

class Flattener {
 public:
  Flattener(FlatModel& flat, const OnnxReadOptions& options) : flat_(flat), options_(options) {}

  Status add_function(const onnx::FunctionProto& function) {
    const std::string key = key_of(function.domain(), function.name());
    if (!functions_.emplace(key, &function).second)
      return Error("TC4108", function.name(), "the function is defined more than once");
    flat_.opsets[key] = TINYC_TRY(read_opsets(function.opset_import(), function.name()));
    return {};
  }

  Status add(onnx::NodeProto&& node, const Opsets& opsets, std::vector<FlatNode>& out) {
    const auto at = functions_.find(key_of(node.domain(), node.op_type()));
    if (at != functions_.end()) return expand(node, *at->second, at->first, out);
    if (++count_ > options_.max_nodes)
      return Error("TC8103", "", "the model has more than " + std::to_string(options_.max_nodes) + " nodes, tinyc's limit");
    FlatNode flat{std::move(node), &opsets};
    if (is_control_flow(flat.proto)) TINYC_TRY(take_bodies(flat));
    out.push_back(std::move(flat));
    return {};
  }

 private:
  using Names = std::map<std::string, std::string>;

  Status take_bodies(FlatNode& node) {
    auto& attributes = *node.proto.mutable_attribute();
    for (int i = 0; i < attributes.size();) {
      if (!attributes[i].has_g()) { ++i; continue; }
      FlatBody& body = node.bodies.emplace_back();
      body.attribute = attributes[i].name();
      body.graph = std::move(*attributes[i].mutable_g());
      attributes.DeleteSubrange(i, 1);
      for (onnx::NodeProto& inner : *body.graph.mutable_node()) TINYC_TRY(add(std::move(inner), *node.opsets, body.nodes));
      body.graph.clear_node();
      TINYC_TRY(check_and_sort(body.graph, body.nodes, true));
      capture(body, node.captured);
    }
    return {};
  }

  static void capture(const FlatBody& body, std::vector<std::string>& captured) {
    std::set<std::string> known{""};
    for (const auto& input : body.graph.input()) known.insert(input.name());
    for (const auto& initializer : body.graph.initializer()) known.insert(initializer.name());
    for (const FlatNode& node : body.nodes) known.insert(node.proto.output().begin(), node.proto.output().end());
    const auto read = [&](const std::string& name) {
      if (known.insert(name).second) captured.push_back(name);
    };
    for (const FlatNode& node : body.nodes)
      for (const std::string& name : node.reads()) read(name);
    for (const auto& output : body.graph.output()) read(output.name());
  }

  Status expand(const onnx::NodeProto& call, const onnx::FunctionProto& function, const std::string& key,
                std::vector<FlatNode>& out) {
    const std::string where = FlatNode{call, nullptr}.name();
    if (!active_.insert(key).second)
      return Error("TC4108", where, "the function '" + function.name() + "' calls itself");
    if (call.input_size() > function.input_size() || call.output_size() > function.output_size())
      return Error("TC4108", where, "the call does not fit the function '" + function.name() + "'");
    std::map<std::string, const onnx::AttributeProto*> given;
    for (const auto& attribute : call.attribute()) given[attribute.name()] = &attribute;

    Names names;
    for (int i = 0; i < function.input_size(); ++i)
      names[function.input(i)] = i < call.input_size() ? call.input(i) : std::string();
    const Opsets& opsets = flat_.opsets.at(key);
    for (int i = 0; i < function.output_size(); ++i) {
      const std::string result = i < call.output_size() ? call.output(i) : std::string();
      if (result.empty()) continue;
      // An output that is also an input, or twice an output, is a copy.
      if (names.contains(function.output(i)))
        TINYC_TRY(add(copy_node(names[function.output(i)], result), flat_.opsets.at(""), out));
      else names[function.output(i)] = result;
    }
    for (const onnx::NodeProto& inner : function.node()) TINYC_TRY(add(renamed(inner, where + "/", names, given), opsets, out));
    active_.erase(key);
    return {};
  }

  static onnx::NodeProto copy_node(const std::string& from, const std::string& to) {
    onnx::NodeProto node;
    node.set_op_type("Identity");
    node.add_input(from);
    node.add_output(to);
    return node;
  }

  static onnx::NodeProto renamed(const onnx::NodeProto& inner, const std::string& prefix, const Names& names,
                                 const std::map<std::string, const onnx::AttributeProto*>& given) {
    const auto outer_name = [&](const std::string& name) {
      const auto at = names.find(name);
      return name.empty() ? name : at != names.end() ? at->second : prefix + name;
    };
    onnx::NodeProto node = inner;
    if (!node.name().empty()) node.set_name(prefix + node.name());
    for (std::string& name : *node.mutable_input()) name = outer_name(name);
    for (std::string& name : *node.mutable_output()) name = outer_name(name);
    node.clear_attribute();
    for (const onnx::AttributeProto& attribute : inner.attribute()) {
      if (!attribute.has_ref_attr_name()) {
        onnx::AttributeProto& copy = *node.add_attribute();
        copy = attribute;
        if (copy.has_g()) rename_captured(*copy.mutable_g(), outer_name, {});
        continue;
      }
      const auto at = given.find(attribute.ref_attr_name());
      if (at == given.end()) continue;  // the operator's own default then holds
      onnx::AttributeProto* value = node.add_attribute();
      *value = *at->second;
      value->set_name(attribute.name());
    }
    return node;
  }

  // What a body reads of the function around it gets the name that this has now.
  template <class Rename>
  static void rename_captured(onnx::GraphProto& graph, const Rename& rename, std::set<std::string> own) {
    for (const auto& input : graph.input()) own.insert(input.name());
    for (const auto& initializer : graph.initializer()) own.insert(initializer.name());
    for (const auto& node : graph.node()) own.insert(node.output().begin(), node.output().end());
    for (auto& node : *graph.mutable_node()) {
      for (std::string& name : *node.mutable_input())
        if (!own.contains(name)) name = rename(name);
      for (auto& attribute : *node.mutable_attribute())
        if (attribute.has_g()) rename_captured(*attribute.mutable_g(), rename, own);
    }
    for (auto& output : *graph.mutable_output())
      if (!own.contains(output.name())) output.set_name(rename(output.name()));
  }

  FlatModel& flat_;
  const OnnxReadOptions& options_;
  std::int64_t count_ = 0;
  std::map<std::string, const onnx::FunctionProto*> functions_;
  std::set<std::string> active_;
};

}  // namespace

std::string canonical_domain(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

std::string FlatNode::name() const {
  if (!proto.name().empty()) return proto.name();
  const auto named = std::ranges::find_if(proto.output(), [](const std::string& name) { return !name.empty(); });
  return named != proto.output().end() ? *named : proto.op_type();
}

std::vector<std::string> FlatNode::reads() const {
  std::vector<std::string> names(proto.input().begin(), proto.input().end());
  names.insert(names.end(), captured.begin(), captured.end());
  return names;
}

bool is_control_flow(const onnx::NodeProto& node) {
  const std::string& type = node.op_type();
  return canonical_domain(node.domain()).empty() && (type == "If" || type == "Loop" || type == "Scan");
}

Result<Opsets> read_opsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports,
                           const std::string& where) {
  Opsets opsets;
  for (const auto& entry : imports) {
    const auto [at, added] = opsets.emplace(canonical_domain(entry.domain()), entry.version());
    if (!added && at->second != entry.version())
      return Error("TC4101", where, "the operator set '" + at->first + "' is imported in two versions");
  }
  const auto at = opsets.find("");
  if (at != opsets.end() && (at->second < oldest_opset || at->second > newest_opset))
    return Error("TC3103", where, "opset " + std::to_string(at->second) + " is not supported, tinyc reads " +
                                      std::to_string(oldest_opset) + " to " + std::to_string(newest_opset),
                 "convert the model with onnx.version_converter");
  return opsets;
}

Result<FlatModel> flatten(onnx::ModelProto& model, const OnnxReadOptions& options) {
  FlatModel flat;
  const Opsets& own = flat.opsets[""] = TINYC_TRY(read_opsets(model.opset_import(), ""));
  Flattener flattener(flat, options);
  for (const onnx::FunctionProto& function : model.functions()) TINYC_TRY(flattener.add_function(function));
  for (onnx::NodeProto& node : *model.mutable_graph()->mutable_node())
    TINYC_TRY(flattener.add(std::move(node), own, flat.nodes));
  return flat;
}

}  // namespace tinyc::onnx_format
