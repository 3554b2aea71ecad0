#include "lib/ir/graph.h"

#include <algorithm>
#include <array>

#include "lib/support/check.h"

namespace tinyc {
namespace {

constexpr std::array<std::string_view, 5> stage_names{"imported", "canonical", "calibrated", "quantized", "planned"};

}  // namespace

std::string_view to_string(Stage stage) { return stage_names[static_cast<std::size_t>(stage)]; }

std::optional<Stage> parse_stage(std::string_view text) {
  for (std::size_t i = 0; i < stage_names.size(); ++i)
    if (stage_names[i] == text) return static_cast<Stage>(i);
  return std::nullopt;
}

const Value& Graph::value(ValueId id) const {
  TINYC_CHECK(contains(id), "a value that is not in the graph");
  return *values_[id.index];
}
const Node& Graph::node(NodeId id) const {
  TINYC_CHECK(contains(id), "a node that is not in the graph");
  return *nodes_[id.index];
}
Value& Graph::mut(ValueId id) { return const_cast<Value&>(value(id)); }
Node& Graph::mut(NodeId id) { return const_cast<Node&>(node(id)); }
bool Graph::contains(ValueId id) const { return id.index < values_.size() && values_[id.index].has_value(); }
bool Graph::contains(NodeId id) const { return id.index < nodes_.size() && nodes_[id.index].has_value(); }

std::vector<ValueId> Graph::values() const {
  std::vector<ValueId> live;
  for (std::uint32_t i = 0; i < values_.size(); ++i)
    if (values_[i]) live.push_back({i});
  return live;
}

bool Graph::is_input(ValueId id) const { return std::find(inputs_.begin(), inputs_.end(), id) != inputs_.end(); }
bool Graph::is_output(ValueId id) const { return std::find(outputs_.begin(), outputs_.end(), id) != outputs_.end(); }

std::optional<ValueId> Graph::find_value(std::string_view wanted) const {
  const auto it = names_.find(wanted);
  return it == names_.end() ? std::nullopt : std::optional(it->second);
}

std::string Graph::unique_name(std::string_view wanted) const {
  const std::string base(wanted.empty() ? "value" : wanted);
  std::string free = base;
  for (int i = 1; names_.contains(free); ++i) free = base + "_" + std::to_string(i);
  return free;
}

ValueId Graph::new_value(std::string_view wanted, Type type) {
  const ValueId id{static_cast<std::uint32_t>(values_.size())};
  Value value;
  value.name_ = unique_name(wanted);
  value.type_ = std::move(type);
  names_.emplace(value.name_, id);
  values_.push_back(std::move(value));
  return id;
}

ValueId Graph::add_input(std::string_view wanted, Type type) {
  const ValueId id = new_value(wanted, std::move(type));
  inputs_.push_back(id);
  return id;
}

ValueId Graph::add_constant(std::string_view wanted, Tensor tensor, std::optional<Quantization> quantization) {
  const ValueId id = new_value(wanted, Type{tensor.dtype(), tensor.shape(), std::move(quantization)});
  mut(id).constant_ = std::move(tensor);
  return id;
}

NodeId Graph::add_node(const OpDef& op, std::string_view node_name, std::vector<ValueId> operands, Attributes attributes,
                       std::vector<Type> result_types, std::vector<std::string> result_names, NodeId before) {
  const NodeId id{static_cast<std::uint32_t>(nodes_.size())};
  Node node;
  node.op_ = &op;
  node.name_ = std::string(node_name);
  node.attributes_ = std::move(attributes);
  node.operands_ = std::move(operands);
  for (std::size_t i = 0; i < result_types.size(); ++i) {
    std::string wanted = i < result_names.size() ? result_names[i] : std::string(node_name);
    if (wanted.empty()) wanted = node_name;
    const ValueId result = new_value(wanted, std::move(result_types[i]));
    mut(result).producer_ = id;
    mut(result).result_index_ = static_cast<int>(i);
    node.results_.push_back(result);
  }
  for (std::size_t i = 0; i < node.operands_.size(); ++i)
    if (node.operands_[i].valid()) add_use(node.operands_[i], {id, static_cast<int>(i)});
  nodes_.push_back(std::move(node));
  const auto at = before.valid() ? std::find(order_.begin(), order_.end(), before) : order_.end();
  TINYC_CHECK(!before.valid() || at != order_.end(), "inserting before a node that is not in the graph");
  order_.insert(at, id);
  return id;
}

void Graph::set_outputs(std::vector<ValueId> outputs) {
  for (const ValueId id : outputs) TINYC_CHECK(contains(id), "an output that is not in the graph");
  outputs_ = std::move(outputs);
}

void Graph::remove_input(ValueId id) {
  TINYC_CHECK(is_input(id) && value(id).uses_.empty() && !is_output(id), "an input to remove has no uses");
  inputs_.erase(std::find(inputs_.begin(), inputs_.end(), id));
  names_.erase(value(id).name_);
  values_[id.index].reset();
}

void Graph::add_use(ValueId value, Use use) { mut(value).uses_.push_back(use); }

void Graph::remove_use(ValueId value, Use use) {
  auto& uses = mut(value).uses_;
  const auto at = std::find(uses.begin(), uses.end(), use);
  TINYC_CHECK(at != uses.end(), "a use that is recorded");
  uses.erase(at);
}

void Graph::set_operand(NodeId id, int operand, ValueId value) {
  ValueId& slot = mut(id).operands_.at(static_cast<std::size_t>(operand));
  if (slot == value) return;
  if (slot.valid()) remove_use(slot, {id, operand});
  slot = value;
  if (value.valid()) add_use(value, {id, operand});
}

void Graph::append_operand(NodeId id, ValueId value) {
  Node& target = mut(id);
  target.operands_.push_back(value);
  if (value.valid()) add_use(value, {id, static_cast<int>(target.operands_.size()) - 1});
}

void Graph::set_attributes(NodeId id, Attributes attributes) { mut(id).attributes_ = std::move(attributes); }
void Graph::set_op(NodeId id, const OpDef& op) { mut(id).op_ = &op; }
void Graph::set_type(ValueId id, Type type) {
  TINYC_CHECK(!value(id).is_constant(), "the type of a constant changes with set_constant()");
  mut(id).type_ = std::move(type);
}
void Graph::set_constant(ValueId id, Tensor tensor, std::optional<Quantization> quantization) {
  TINYC_CHECK(value(id).is_constant(), "set_constant() of a value that is computed");
  Value& target = mut(id);
  target.type_ = Type{tensor.dtype(), tensor.shape(), std::move(quantization)};
  target.constant_ = std::move(tensor);
}
void Graph::set_range(ValueId id, std::optional<Value::Range> range) { mut(id).range_ = range; }
void Graph::set_pinned(ValueId value, std::optional<Quantization> quantization) {
  mut(value).pinned_ = std::move(quantization);
}

void Graph::rename(ValueId id, std::string_view wanted) {
  Value& target = mut(id);
  if (target.name_ == wanted) return;
  names_.erase(target.name_);
  target.name_ = unique_name(wanted);
  names_.emplace(target.name_, id);
}

void Graph::replace_uses(ValueId from, ValueId to) {
  if (from == to) return;
  const std::vector<Use> uses = value(from).uses_;
  for (const Use& use : uses) set_operand(use.node, use.operand, to);
  std::replace(outputs_.begin(), outputs_.end(), from, to);
}

void Graph::erase_node(NodeId id) {
  const std::vector<ValueId> results = node(id).results_;
  for (const ValueId result : results)
    TINYC_CHECK(value(result).uses_.empty() && !is_output(result), "the results of a node to erase are unused");
  for (std::size_t i = 0; i < node(id).operands_.size(); ++i)
    if (const ValueId operand = node(id).operands_[i]; operand.valid()) remove_use(operand, {id, static_cast<int>(i)});
  for (const ValueId result : results) {
    names_.erase(value(result).name_);
    values_[result.index].reset();
  }
  nodes_[id.index].reset();
  order_.erase(std::find(order_.begin(), order_.end(), id));
}

void Graph::erase_unused_constants() {
  for (const ValueId id : values())
    if (value(id).is_constant() && value(id).uses_.empty() && !is_output(id)) {
      names_.erase(value(id).name_);
      values_[id.index].reset();
    }
}

bool Graph::sort() {
  std::vector<NodeId> sorted, waiting = order_;
  std::vector<bool> done(nodes_.size(), false);
  const auto ready = [&](NodeId id) {
    return std::all_of(node(id).operands_.begin(), node(id).operands_.end(), [&](ValueId operand) {
      return !operand.valid() || !value(operand).producer_.valid() || done[value(operand).producer_.index];
    });
  };
  while (!waiting.empty()) {
    std::vector<NodeId> blocked;
    for (const NodeId id : waiting) {
      if (!ready(id)) { blocked.push_back(id); continue; }
      done[id.index] = true;
      sorted.push_back(id);
    }
    if (blocked.size() == waiting.size()) return false;
    waiting = std::move(blocked);
  }
  order_ = std::move(sorted);
  return true;
}

}  // namespace tinyc
