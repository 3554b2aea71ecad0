#include "lib/cost/islands.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace tinyc {
namespace {

bool is_conversion(const Node& node) { return node.op().name == "quantize" || node.op().name == "dequantize"; }

bool is_activation(const Graph& graph, ValueId id) { return id.valid() && !graph.value(id).is_constant(); }

bool is_float_node(const Graph& graph, const Node& node) {
  const auto real = [&](ValueId id) { return is_activation(graph, id) && is_float(graph.value(id).type().dtype); };
  return !is_conversion(node) && (std::any_of(node.operands().begin(), node.operands().end(), real) ||
                                  std::any_of(node.results().begin(), node.results().end(), real));
}

class Finder {
 public:
  explicit Finder(const Graph& graph) : graph_(graph), root_(graph.node_bound()) {
    std::iota(root_.begin(), root_.end(), std::size_t{0});
  }

  std::vector<FloatIsland> find() {
    for (const NodeId id : graph_.nodes()) join_readers(id);
    std::vector<std::size_t> roots;
    for (const NodeId id : graph_.nodes()) {
      const Node& node = graph_.node(id);
      if (!is_float_node(graph_, node)) continue;
      const auto at = static_cast<std::size_t>(std::find(roots.begin(), roots.end(), root(id.index)) - roots.begin());
      if (at == roots.size()) {
        roots.push_back(root(id.index));
        islands_.emplace_back();
      }
      add(islands_[at], id);
    }
    return std::move(islands_);
  }

 private:
  std::size_t root(std::size_t node) const {
    while (root_[node] != node) node = root_[node];
    return node;
  }

  void join_readers(NodeId id) {
    if (!is_float_node(graph_, graph_.node(id))) return;
    for (const ValueId result : graph_.node(id).results())
      for (const Use& use : graph_.value(result).uses())
        if (is_float_node(graph_, graph_.node(use.node))) root_[root(use.node.index)] = root(id.index);
  }

  void add(FloatIsland& island, NodeId id) {
    const Node& node = graph_.node(id);
    const Work work = node.op().work(view(graph_, id));
    island.nodes.push_back(id);
    island.work.macs += work.macs;
    island.work.element_ops += work.element_ops;
    island.work.weight_elements += work.weight_elements;
    for (const ValueId operand : node.operands()) {
      if (!operand.valid()) continue;
      const Value& value = graph_.value(operand);
      if (value.is_constant() && seen_.insert(operand).second) island.parameter_bytes += Bytes(value.type().bytes());
      if (value.producer().valid()) add_conversion(island, value.producer());
    }
    for (const ValueId result : node.results()) {
      if (!node.op().is_view) island.activation_bytes += Bytes(graph_.value(result).type().bytes());
      for (const Use& use : graph_.value(result).uses()) add_conversion(island, use.node);
    }
  }

  void add_conversion(FloatIsland& island, NodeId id) {
    const Node& node = graph_.node(id);
    if (!is_conversion(node) || !seen_.insert(node.results().front()).second) return;
    island.conversions.push_back(id);
    island.converted += graph_.value(node.results().front()).type().shape.elements();
  }

  const Graph& graph_;
  std::vector<std::size_t> root_;  // by node index
  std::vector<FloatIsland> islands_;
  std::set<ValueId> seen_;         // constants and conversions that are counted already
};

}  // namespace

std::vector<FloatIsland> float_islands(const Graph& graph) {
  for (const ValueId id : graph.values())
    if (!graph.value(id).is_constant() && graph.value(id).type().is_quantized()) return Finder(graph).find();
  return {};
}

}  // namespace tinyc
