// nhwc: moves transposes out of the way. Importers put channels-first convolutions and pools between transposes; nodes
// that work under any order of axes (element-wise, concat, pad, softmax, reduce_mean) come to work in the order of the
// convolutions around them, so that the transposes cancel or meet at the inputs and outputs of the graph.
//
//   %a = transpose(%x) {perm=[0, 3, 1, 2]}; %b = sigmoid(%a); %y = transpose(%b) {perm=[0, 2, 3, 1]}
//     ->  %y = sigmoid(%x)
//
// When: before everything that folds into convolutions. A region of connected nodes of that kind takes another order of
// axes where that leaves fewer transposes that move data, or as many with fewer of them at a convolution or pool.

#include <algorithm>
#include <map>
#include <set>

#include "passes/canonicalize/axes.h"

namespace tinyc::passes {
namespace {

using Region = std::set<NodeId>;

int rank_of(const Graph& graph, ValueId value) { return graph.value(value).type().shape.rank(); }

// Works under any order of axes, and every operand that is not of the result's rank broadcasts to it.
bool is_movable(const Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.results().size() != 1) return false;
  AxisMap same;
  for (int axis = 0; axis < rank_of(graph, node.results().front()); ++axis) same.push_back(axis);
  if (same.size() < 2 || !with_axes(node, same, static_cast<int>(same.size()))) return false;
  bool any_activation = false;
  for (const ValueId operand : node.operands()) {
    if (!operand.valid()) return false;
    const Type& type = graph.value(operand).type();
    if (type.quantization && !type.quantization->is_per_tensor()) return false;
    any_activation = any_activation || !graph.value(operand).is_constant();
  }
  return any_activation;
}

// The operators whose order of axes is fixed, with the channel last.
bool is_channels_last(const Graph& graph, NodeId id) {
  const std::string_view op = graph.node(id).op().name;
  return op == "conv2d" || op == "conv_transpose2d" || op == "max_pool" || op == "average_pool" || op == "batch_norm";
}

// Whether such an operator computes the value, or reads it; reshapes in between do not count.
bool comes_from_channels_last(const Graph& graph, ValueId value) {
  for (NodeId id = graph.value(value).producer(); id.valid(); id = graph.value(graph.node(id).operands().front()).producer()) {
    if (is_channels_last(graph, id)) return true;
    if (!is_op(graph, id, "reshape")) return false;
  }
  return false;
}
bool goes_to_channels_last(const Graph& graph, ValueId value) {
  for (const Use& use : graph.value(value).uses()) {
    if (use.operand == 0 && is_channels_last(graph, use.node)) return true;
    if (is_op(graph, use.node, "reshape") && goes_to_channels_last(graph, graph.node(use.node).results().front())) return true;
  }
  return false;
}

// How many transposes move data, and how many of them are at a channels-last operator.
struct Cost {
  int transposes = 0;
  int at_channels_last = 0;
  auto operator<=>(const Cost&) const = default;

  void count(const Shape& shape, const Perm& perm, bool at_one) {
    if (moves_nothing(shape, perm)) return;
    ++transposes;
    at_channels_last += at_one ? 1 : 0;
  }
};

// A value from outside that the region reads: transpose(source, perm), or the source itself.
struct Source {
  ValueId value;
  Perm perm;
};

class Flip {
 public:
  Flip(Graph& graph, const Region& region) : graph_(graph), region_(region) {
    rank_ = rank_of(graph, graph.node(*region.begin()).results().front());
    for (const NodeId id : region) {
      for (const ValueId operand : graph.node(id).operands())
        if (!is_inside(operand) && !graph.value(operand).is_constant()) incoming_.insert(operand);
      const ValueId result = graph.node(id).results().front();
      bool is_read = graph.is_output(result);
      for (const Use& use : graph.value(result).uses()) is_read = is_read || !region.contains(use.node);
      if (is_read) outgoing_.insert(result);
    }
  }

  // A value of the region comes back into it transposed: no order of axes suits both.
  bool reads_itself() const {
    return std::any_of(incoming_.begin(), incoming_.end(), [&](ValueId value) { return is_inside(source_of(value).value); });
  }

  // The orders of axes that would cancel a transpose at the region's border.
  std::set<Perm> candidates() const {
    std::set<Perm> perms;
    for (const ValueId value : incoming_)
      if (const NodeId id = producer(graph_, value, "transpose"); id.valid() && rank_of(graph_, value) == rank_)
        perms.insert(inverse(perm_of(id)));
    for (const ValueId value : outgoing_)
      for (const NodeId user : outside_users(value))
        if (is_op(graph_, user, "transpose")) perms.insert(perm_of(user));
    return perms;
  }

  // At the region's border, now and with its values in the order transpose(value, perm).
  Cost cost_now() const {
    Cost cost;
    for (const ValueId value : incoming_) {
      const NodeId id = producer(graph_, value, "transpose");
      if (!id.valid()) continue;
      const ValueId x = graph_.node(id).operands().front();
      if (is_there(x, perm_of(id))) continue;
      cost.count(graph_.value(x).type().shape, perm_of(id), comes_from_channels_last(graph_, x));
    }
    for (const ValueId value : outgoing_)
      for (const auto& [perm, at_one] : outgoing_perms(value))
        cost.count(graph_.value(value).type().shape, perm, at_one);
    return cost;
  }

  Cost cost_with(const Perm& perm) const {
    Cost cost;
    for (const ValueId value : incoming_) {
      const Source source = source_of(value);
      const Shape shape = source.perm.size() == static_cast<std::size_t>(rank_of(graph_, source.value))
                              ? graph_.value(source.value).type().shape : full_shape(value);
      const Perm both = compose(source.perm, perm);
      if (!is_there(source.value, both)) cost.count(shape, both, comes_from_channels_last(graph_, source.value));
    }
    for (const ValueId value : outgoing_)
      for (const auto& [old, at_one] : outgoing_perms(value))
        cost.count(permuted(graph_.value(value).type().shape, perm), compose(inverse(perm), old), at_one);
    return cost;
  }

  Status apply(PassContext& context, const Perm& perm) {
    std::map<ValueId, ValueId> moved;
    std::vector<NodeId> order;
    for (const NodeId id : graph_.nodes())
      if (region_.contains(id)) order.push_back(id);
    for (const NodeId id : order) TINYC_TRY(move_node(context, id, perm, moved));
    std::vector<std::pair<ValueId, std::string>> names;
    for (const NodeId id : order) TINYC_TRY(reconnect(context, id, perm, moved, names));
    for (auto id = order.rbegin(); id != order.rend(); ++id) graph_.erase_node(*id);
    for (const auto& [value, name] : names)
      if (graph_.contains(value)) graph_.rename(value, name);
    return {};
  }

 private:
  const Perm& perm_of(NodeId transpose) const { return graph_.node(transpose).attributes().integers("perm"); }
  bool is_inside(ValueId value) const {
    const NodeId id = graph_.value(value).producer();
    return id.valid() && region_.contains(id) && rank_of(graph_, value) == rank_;
  }
  bool is_read_outside(ValueId value) const {
    return graph_.is_output(value) || !outside_users(value).empty();
  }
  std::vector<NodeId> outside_users(ValueId value) const {
    std::vector<NodeId> users;
    for (const Use& use : graph_.value(value).uses())
      if (!region_.contains(use.node) && std::find(users.begin(), users.end(), use.node) == users.end())
        users.push_back(use.node);
    return users;
  }
  // Whether something outside of the region needs this transpose anyway.
  bool is_there(ValueId value, const Perm& perm) const {
    const auto users = outside_users(value);
    return std::any_of(users.begin(), users.end(), [&](NodeId user) {
      return is_op(graph_, user, "transpose") && perm_of(user) == perm && is_read_outside(graph_.node(user).results().front());
    });
  }
  // The shape with leading axes of size 1 up to the region's rank.
  Shape full_shape(ValueId value) const {
    std::vector<std::int64_t> sizes = graph_.value(value).type().shape.sizes();
    sizes.insert(sizes.begin(), static_cast<std::size_t>(rank_) - sizes.size(), 1);
    return Shape(std::move(sizes));
  }
  Perm identity() const {
    Perm perm;
    for (int axis = 0; axis < rank_; ++axis) perm.push_back(axis);
    return perm;
  }
  Source source_of(ValueId value) const {
    const NodeId id = producer(graph_, value, "transpose");
    if (!id.valid() || rank_of(graph_, value) != rank_) return {value, identity()};
    return {graph_.node(id).operands().front(), perm_of(id)};
  }
  // The orders in which a result is read outside (the identity for what reads it as it is), and whether by a
  // channels-last operator.
  std::map<Perm, bool> outgoing_perms(ValueId value) const {
    std::map<Perm, bool> perms;
    if (graph_.is_output(value)) perms[identity()] = false;
    for (const NodeId user : outside_users(value)) {
      const bool is_transpose = is_op(graph_, user, "transpose");
      const ValueId read = is_transpose ? graph_.node(user).results().front() : value;
      bool& at_one = perms[is_transpose ? perm_of(user) : identity()];
      at_one = at_one || goes_to_channels_last(graph_, read);
    }
    return perms;
  }

  Result<ValueId> move_operand(Builder& builder, ValueId operand, const Perm& perm, const std::map<ValueId, ValueId>& moved) {
    if (const auto at = moved.find(operand); at != moved.end() && is_inside(operand)) return at->second;
    const Value& value = graph_.value(operand);
    if (value.is_constant() && value.constant().elements() == 1) return operand;
    const std::string name = value.name();
    const ValueId full = TINYC_TRY(emit_reshape(builder, name, operand, full_shape(operand)));
    return emit_transpose(builder, name, full, perm);
  }

  Status move_node(PassContext& context, NodeId id, const Perm& perm, std::map<ValueId, ValueId>& moved) {
    AxisMap new_axis;
    for (const std::int64_t axis : inverse(perm)) new_axis.push_back(static_cast<int>(axis));
    const std::string name = graph_.node(id).name();
    const Attributes attributes = *with_axes(graph_.node(id), new_axis, rank_);
    const OpDef& op = graph_.node(id).op();
    std::vector<ValueId> operands = graph_.node(id).operands();
    Builder builder = builder_before(graph_, context, id);
    for (ValueId& operand : operands) operand = TINYC_TRY(move_operand(builder, operand, perm, moved));
    const ValueId old = graph_.node(id).results().front(),
                  result = TINYC_TRY(builder.emit(op.name, name, std::move(operands), attributes));
    graph_.set_pinned(result, graph_.value(old).pinned());
    moved[old] = result;
    return {};
  }

  // What is outside of the region reads the old result: now the new one, transposed back. Collects the names that
  // become free once the old nodes are gone.
  Status reconnect(PassContext& context, NodeId id, const Perm& perm, const std::map<ValueId, ValueId>& moved,
                   std::vector<std::pair<ValueId, std::string>>& names) {
    const ValueId old = graph_.node(id).results().front(), result = moved.at(old);
    const std::string name = graph_.value(old).name();
    if (!outgoing_.contains(old)) {
      names.emplace_back(result, name);
      return {};
    }
    Builder builder = builder_before(graph_, context, id);
    const ValueId back = TINYC_TRY(emit_transpose(builder, name, result, inverse(perm)));
    for (const NodeId user : outside_users(old)) TINYC_TRY(reconnect_user(builder, user, old, result, back, perm));
    if (graph_.is_output(old)) names.emplace_back(back, name);
    else if (!graph_.is_output(result)) names.emplace_back(result, name);
    std::vector<ValueId> outputs = graph_.outputs();
    std::replace(outputs.begin(), outputs.end(), old, back);
    graph_.set_outputs(outputs);
    return {};
  }

  // A transpose of the old result is one of the new result.
  Status reconnect_user(Builder& builder, NodeId user, ValueId old, ValueId result, ValueId back, const Perm& perm) {
    if (is_op(graph_, user, "transpose")) {
      const std::string name = graph_.node(user).name();
      const ValueId merged = TINYC_TRY(emit_transpose(builder, name, result, compose(inverse(perm), perm_of(user))));
      if (can_replace(graph_, graph_.node(user).results().front(), merged)) {
        replace_node(graph_, user, merged);
        return {};
      }
    }
    const std::vector<ValueId> operands = graph_.node(user).operands();
    for (std::size_t i = 0; i < operands.size(); ++i)
      if (operands[i] == old) graph_.set_operand(user, static_cast<int>(i), back);
    return {};
  }

  Graph& graph_;
  const Region& region_;
  int rank_;
  std::set<ValueId> incoming_, outgoing_;
};

// Connected movable nodes of one rank, in the order of their last nodes.
std::vector<Region> regions_of(const Graph& graph) {
  std::map<NodeId, std::size_t> region_of;
  std::vector<Region> regions;
  std::map<std::size_t, std::size_t> region_of_last;
  for (const NodeId id : graph.nodes()) {
    if (!is_movable(graph, id)) continue;
    std::size_t own = regions.size();
    const std::size_t last = own;
    regions.push_back({id});
    region_of[id] = own;
    const int rank = rank_of(graph, graph.node(id).results().front());
    for (const ValueId operand : graph.node(id).operands()) {
      const auto above = region_of.find(graph.value(operand).producer());
      if (rank_of(graph, operand) != rank || above == region_of.end() || above->second == own) continue;
      std::size_t other = above->second;
      if (regions[other].size() > regions[own].size()) std::swap(own, other);  // the smaller one moves
      for (const NodeId member : regions[other]) region_of[member] = own;
      regions[own].merge(regions[other]);
      regions[other].clear();
    }
    region_of_last[last] = own;
  }
  std::vector<Region> ordered;
  for (auto at = region_of_last.rbegin(); at != region_of_last.rend(); ++at)
    if (Region& region = regions[at->second]; !region.empty()) ordered.push_back(std::exchange(region, {}));
  std::ranges::reverse(ordered);
  return ordered;
}

Result<bool> improve(Graph& graph, PassContext& context, const Region& region) {
  if (!std::all_of(region.begin(), region.end(), [&](NodeId id) { return graph.contains(id); })) return false;
  Flip flip(graph, region);
  if (flip.reads_itself()) return false;
  Cost best = flip.cost_now();
  std::optional<Perm> chosen;
  for (const Perm& perm : flip.candidates()) {
    const Cost cost = flip.cost_with(perm);
    if (cost < best) {
      best = cost;
      chosen = perm;
    }
  }
  if (!chosen) return false;
  TINYC_TRY(flip.apply(context, *chosen));
  erase_dead(graph);
  TINYC_TRY(merge_equal_nodes(graph));
  return true;
}

Result<Changed> run(Graph& graph, PassContext& context) {
  bool changed = false;
  for (const Region& region : regions_of(graph)) {
    if (TINYC_TRY(improve(graph, context, region))) {
      changed = true;
    } else if (region.size() > 1) {
      for (const NodeId id : region) changed = TINYC_TRY(improve(graph, context, {id})) || changed;
    }
  }
  return changed ? Changed::yes : Changed::no;
}

}  // namespace

const Pass& nhwc() {
  static const Pass pass{{.name = "nhwc",
                          .summary = "lets nodes around convolutions work channels-last, so that transposes cancel",
                          .stages = before_calibration},
                         run};
  return pass;
}

}  // namespace tinyc::passes
