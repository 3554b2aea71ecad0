#include "passes/compress/channel_classes.h"

#include <algorithm>
#include <cmath>

#include "lib/compress/dense_layer.h"

namespace tinyc::passes {
namespace {

std::int64_t channels_of(const Graph& graph, ValueId id) {
  const Shape& shape = graph.value(id).type().shape;
  return shape.rank() == 0 ? 1 : shape[shape.rank() - 1];
}

// A layer whose weights and bias can be changed channel by channel: one group, or depthwise.
bool is_layer(const Graph& graph, const NodeView& node) {
  const auto layer = DenseLayer::of(node);
  if (!layer || (layer->groups > 1 && !layer->depthwise()) || node.operand(1).dtype != DType::f32) return false;
  if (node.has(2) && !node.constant(2)) return false;
  for (std::size_t i = 1; i < node.operands.size(); ++i)
    if (node.operands[i] && (node.operands[i]->uses().size() != 1 || node.operands[i]->pinned() || graph.is_output(node.operand_ids[i])))
      return false;
  return true;
}

// Only bounds at zero or none: scaling a channel scales the result.
bool is_homogeneous(const NodeView& node) {
  const Attribute* low = node.attributes.find("clamp_low");
  const Attribute* high = node.attributes.find("clamp_high");
  return (!low || std::get<double>(*low) == 0 || std::get<double>(*low) == -HUGE_VAL) && (!high || std::get<double>(*high) == HUGE_VAL);
}

class Classes {
 public:
  Classes(const Graph& graph, bool through_depthwise, bool any_clamp)
      : graph_(graph), through_depthwise_(through_depthwise), any_clamp_(any_clamp) {}

  std::vector<ChannelClass> run() {
    parent_.resize(graph_.value_bound());
    usable_.assign(graph_.value_bound(), true);
    for (const ValueId id : graph_.values()) {
      const Value& value = graph_.value(id);
      parent_[id.index] = id;
      usable_[id.index] = !value.is_constant() && value.type().dtype == DType::f32 && !value.pinned() && value.producer().valid() &&
                          !graph_.is_output(id);
    }
    for (const NodeId id : graph_.nodes()) visit(view(graph_, id));
    for (const ValueId id : graph_.values())
      if (!usable_[id.index]) usable_[root(id).index] = false;
    return collect();
  }

 private:
  ValueId root(ValueId id) const {
    while (parent_[id.index] != id) id = parent_[id.index];
    return id;
  }
  void join(ValueId a, ValueId b) {
    usable_[root(a).index] = usable_[root(a).index] && usable_[root(b).index];
    parent_[root(b).index] = root(a);
  }

  void visit(const NodeView& node) {
    const bool fits = any_clamp_ || is_homogeneous(node);
    if (is_layer(graph_, node)) {
      if (!fits) usable_[node.result_ids[0].index] = false;
      if (through_depthwise_ && is_depthwise_layer(node)) join(node.operand_ids[0], node.result_ids[0]);
      return;
    }
    if (fits && joins(node)) {
      for (const ValueId operand : node.operand_ids)
        if (operand.valid() && !graph_.value(operand).is_constant()) join(operand, node.result_ids[0]);
      return;
    }
    for (const ValueId id : node.operand_ids)
      if (id.valid()) usable_[id.index] = false;
    for (const ValueId id : node.result_ids) usable_[id.index] = false;
  }

  bool joins(const NodeView& node) const {
    if (node.result_ids.size() != 1) return false;
    const std::string_view op = node.op.name;
    if (op == "max_pool" || op == "average_pool" || op == "relu") return true;
    if (op == "add")
      return !node.constant(0) && !node.constant(1) && node.operand(0).shape == node.operand(1).shape;
    return op == "reshape" && channels_of(graph_, node.operand_ids[0]) == channels_of(graph_, node.result_ids[0]);
  }

  std::vector<ChannelClass> collect() const {
    std::vector<ChannelClass> classes;
    std::vector<int> index(graph_.value_bound(), -1);
    for (const NodeId id : graph_.nodes())
      for (const ValueId result : graph_.node(id).results()) {
        const ValueId top = root(result);
        if (!usable_[top.index]) continue;
        int& at = index[top.index];
        if (at < 0) {
          at = static_cast<int>(classes.size());
          classes.push_back({{}, channels_of(graph_, result), {}, {}});
        }
        classes[static_cast<std::size_t>(at)].values.push_back(result);
      }
    for (const NodeId id : graph_.nodes()) {
      const NodeView node = view(graph_, id);
      if (!is_layer(graph_, node)) continue;
      if (const int at = index[root(node.result_ids[0]).index]; at >= 0) classes[static_cast<std::size_t>(at)].producers.push_back(id);
      if (const int at = index[root(node.operand_ids[0]).index]; at >= 0) classes[static_cast<std::size_t>(at)].consumers.push_back(id);
    }
    std::erase_if(classes, [](const ChannelClass& each) { return each.producers.empty() || each.consumers.empty(); });
    return classes;
  }

  const Graph& graph_;
  bool through_depthwise_, any_clamp_;
  std::vector<ValueId> parent_;
  std::vector<bool> usable_;
};

}  // namespace

bool is_depthwise_layer(const NodeView& node) {
  const auto layer = DenseLayer::of(node);
  return layer && layer->depthwise();
}

std::vector<ChannelClass> channel_classes(const Graph& graph, bool through_depthwise, bool any_clamp) {
  return Classes(graph, through_depthwise, any_clamp).run();
}

}  // namespace tinyc::passes
