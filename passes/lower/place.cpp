// Every activation belongs to a group that shares one place: an operand and its views, results computed in place, and
// results that overlap their operand. A group lives in the arena, in the caller's buffer of an output, or in the caller's
// buffer of an input (external_input). A group dies after the last layer that reads it; the caller's output buffers never die.
//
// In place costs nothing and is always taken. An overlap makes one longer-lived buffer of two: it is taken where that
// lowers the arena.

#include "passes/lower/place.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

#include "lib/ir/op_def.h"

namespace tinyc {
namespace {

constexpr int forever = std::numeric_limits<int>::max();
constexpr std::int64_t alignment = 8;

// Bytes alive at every layer, most first.
std::vector<std::int64_t> pressure(const std::vector<Buffer>& buffers, std::size_t layers) {
  std::vector<std::int64_t> alive(layers, 0);
  for (const Buffer& buffer : buffers)
    for (int layer = buffer.first; layer <= buffer.last && layer < static_cast<int>(layers); ++layer)
      alive[static_cast<std::size_t>(layer)] += buffer.bytes;
  std::sort(alive.begin(), alive.end(), std::greater<>());
  return alive;
}

class Placer {
 public:
  explicit Placer(CompiledModel& model) : model_(model), graph_(model.graph), groups_(graph_.value_bound()) {}

  void run() {
    for (const ValueId value : graph_.values()) define(value, 0);
    for (std::size_t i = 0; i < graph_.inputs().size(); ++i)
      if (model_.external_input) group(graph_.inputs()[i]).input = static_cast<int>(i);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) join_views(model_.layers[i], static_cast<int>(i));
    for (std::size_t i = 0; i < model_.layers.size(); ++i) record_reads(model_.layers[i], static_cast<int>(i));
    claim_outputs();
    for (std::size_t i = 0; i < model_.layers.size(); ++i) join_in_place(model_.layers[i], static_cast<int>(i));
    overlap();
    place(make_buffers());
  }

 private:
  struct Group {
    ValueId root;         // of the group that this value belongs to, or itself
    std::int64_t at = 0;  // bytes from the root's beginning, perhaps negative
    int first = 0, last = 0;
    int input = -1, output = -1;
    std::int64_t low = 0, high = 0;  // what the members cover, from the root's beginning
    std::int64_t bytes() const { return high - low; }
  };
  struct Buffers {
    std::vector<Buffer> list;
    std::map<ValueId, int> of;  // by root
    std::vector<int> scratch;   // of each layer
  };

  ValueId root(ValueId value) const {
    while (groups_[value.index].root != value) value = groups_[value.index].root;
    return value;
  }
  std::int64_t displacement(ValueId value) const {
    std::int64_t at = 0;
    for (; groups_[value.index].root != value; value = groups_[value.index].root) at += groups_[value.index].at;
    return at;
  }
  Group& group(ValueId value) { return groups_[root(value).index]; }
  const Group& group(ValueId value) const { return groups_[root(value).index]; }
  // A constant, or a view of one.
  bool is_constant(ValueId value) const { return graph_.value(root(value)).is_constant(); }
  bool is_of_input(ValueId value) const { return graph_.is_input(root(value)); }

  void define(ValueId value, int layer) {
    groups_[value.index] = {value, 0, layer, layer, -1, -1, 0, graph_.value(value).type().bytes()};
  }

  void join_views(const CompiledLayer& layer, int at) {
    const Node& node = graph_.node(layer.node);
    for (const ValueId result : node.results()) {
      define(result, at);
      if (layer.calls.empty()) groups_[result.index].root = root(node.operands().front());
    }
  }

  void record_reads(const CompiledLayer& layer, int at) {
    for (const KernelCall& call : layer.calls)
      for (const ValueId input : call.inputs)
        if (input.valid()) group(input).last = std::max(group(input).last, at);
  }

  // The group of an output lives in the caller's buffer, unless that is impossible: then its bytes are copied as
  // soon as they are there.
  void claim_outputs() {
    for (std::size_t i = 0; i < graph_.outputs().size(); ++i) {
      const ValueId value = graph_.outputs()[i];
      Group& owner = group(value);
      if (is_constant(value) || is_of_input(value)) {
        model_.copies.push_back({value, static_cast<int>(i), 0});
      } else if (owner.output >= 0) {
        model_.copies.push_back({value, static_cast<int>(i), owner.first + 1});
      } else {
        owner.output = static_cast<int>(i);
        owner.last = forever;
      }
    }
    std::stable_sort(model_.copies.begin(), model_.copies.end(),
                     [](const OutputCopy& a, const OutputCopy& b) { return a.before_layer < b.before_layer; });
  }

  void join_in_place(const CompiledLayer& layer, int at) {
    const Node& node = graph_.node(layer.node);
    if (layer.calls.empty() || node.results().size() != 1) return;
    const ValueId operand = in_place_operand(layer, node), result = node.results().front();
    if (!operand.valid() || is_constant(operand)) return;
    Group &from = group(operand), &to = group(result);
    const Type &in = graph_.value(operand).type(), &out = graph_.value(result).type();
    const bool fits = in_place_by_kernel(layer) ? out.bytes() <= in.bytes() : in.shape == out.shape && in.dtype == out.dtype;
    const bool dies = from.last == at && from.input < 0 && from.output < 0;
    const bool misplaced = to.output >= 0 && (is_of_input(operand) || from.bytes() > out.bytes());
    if (!fits || !dies || misplaced || read_otherwise(layer, operand)) return;
    from.last = to.last;
    from.output = to.output;
    from.high = std::max(from.high, to.high);
    to.root = root(operand);
  }

  // Here: at the same place, and no larger. A kernel that may work in place says so itself; else the operator does, for all
  // its kernels.
  static bool in_place_by_kernel(const CompiledLayer& layer) {
    return layer.calls.size() == 1 && layer.calls.front().in_place_input >= 0;
  }
  static ValueId in_place_operand(const CompiledLayer& layer, const Node& node) {
    if (in_place_by_kernel(layer)) {
      const KernelCall& call = layer.calls.front();
      return call.lead > 0 ? ValueId{} : call.inputs[static_cast<std::size_t>(call.in_place_input)];
    }
    const int index = node.op().in_place_operand;
    return index < 0 ? ValueId{} : node.operands()[static_cast<std::size_t>(index)];
  }

  // Whether the layer reads the operand's bytes by another name as well, perhaps in another order.
  bool read_otherwise(const CompiledLayer& layer, ValueId operand) const {
    for (const KernelCall& call : layer.calls)
      for (const ValueId input : call.inputs)
        if (input.valid() && input != operand && root(input) == root(operand)) return true;
    return false;
  }

  // --- overlaps

  // Of a layer whose result may overlap its operand, and lies elsewhere or reaches further.
  bool can_overlap(std::size_t at) const {
    const CompiledLayer& layer = model_.layers[at];
    if (!in_place_by_kernel(layer) || layer.calls.front().outputs.size() != 1) return false;
    const KernelCall& call = layer.calls.front();
    const ValueId operand = call.inputs[static_cast<std::size_t>(call.in_place_input)], result = call.outputs.front();
    const Group &from = group(operand), &to = group(result);
    return !is_constant(operand) && root(operand) != root(result) && from.input < 0 && from.output < 0 && to.output < 0 &&
           from.last == static_cast<int>(at) && to.first == static_cast<int>(at) && !read_otherwise(layer, operand);
  }

  void join_overlapping(std::size_t at) {
    const KernelCall& call = model_.layers[at].calls.front();
    const ValueId operand = call.inputs[static_cast<std::size_t>(call.in_place_input)], result = call.outputs.front();
    const std::int64_t lead = (call.lead + alignment - 1) / alignment * alignment;
    Group &from = group(operand), &to = group(result);
    const std::int64_t shift = displacement(operand) - lead - displacement(result);
    from.low = std::min(from.low, shift + to.low);
    from.high = std::max(from.high, shift + to.high);
    from.last = to.last;
    to.at = shift;
    to.root = root(operand);
  }

  struct Outcome {
    Bytes peak;
    std::vector<std::int64_t> pressure;
    auto operator<=>(const Outcome&) const = default;
  };

  // With the overlaps of the chosen layers on top of `apart`.
  Outcome with_overlaps(const std::vector<Group>& apart, const std::vector<std::size_t>& layers, const std::vector<bool>& chosen) {
    groups_ = apart;
    for (std::size_t i = 0; i < layers.size(); ++i)
      if (chosen[i] && can_overlap(layers[i])) join_overlapping(layers[i]);
    const Buffers buffers = make_buffers();
    return {plan_arena(buffers.list, alignment).peak, pressure(buffers.list, model_.layers.size())};
  }

  // Takes overlaps and gives them up, one layer or two following ones at a time, while that helps; once from none and once
  // from all of them.
  void overlap() {
    const std::vector<Group> apart = groups_;
    std::vector<std::size_t> layers;
    for (std::size_t at = 0; at < model_.layers.size(); ++at)
      if (can_overlap(at)) layers.push_back(at);
    std::vector<bool> best(layers.size(), false);
    Outcome best_outcome = with_overlaps(apart, layers, best);
    for (const bool all : {false, true}) {
      std::vector<bool> chosen(layers.size(), all);
      Outcome outcome = with_overlaps(apart, layers, chosen);
      bool improved = true;
      for (int round = 0; improved && round < 4; ++round) {
        improved = false;
        for (std::size_t i = 0; i < layers.size(); ++i)
          for (std::size_t last = i; last < std::min(i + 2, layers.size()); ++last) {
            std::vector<bool> other = chosen;
            for (std::size_t k = i; k <= last; ++k) other[k] = !other[k];
            Outcome now = with_overlaps(apart, layers, other);
            if (!(now < outcome)) continue;
            outcome = std::move(now), chosen = std::move(other);
            improved = true;
          }
      }
      if (outcome < best_outcome) best_outcome = outcome, best = chosen;
    }
    with_overlaps(apart, layers, best);
  }

  // --- buffers

  Buffers make_buffers() const {
    Buffers buffers;
    for (const ValueId value : graph_.values()) {
      const Group& owner = group(value);
      if (graph_.value(value).is_constant() || is_constant(value) || owner.output >= 0 || owner.input >= 0) continue;
      if (!buffers.of.emplace(root(value), static_cast<int>(buffers.list.size())).second) continue;
      buffers.list.push_back({owner.bytes(), owner.first, owner.last});
    }
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Bytes scratch{0};
      for (const KernelCall& call : model_.layers[i].calls) scratch = std::max(scratch, call.scratch);
      buffers.scratch.push_back(scratch.count > 0 ? static_cast<int>(buffers.list.size()) : -1);
      if (scratch.count > 0) buffers.list.push_back({scratch.count, static_cast<int>(i), static_cast<int>(i)});
    }
    return buffers;
  }

  void place(Buffers buffers) {
    for (const ValueId value : graph_.values()) {
      if (graph_.value(value).is_constant()) continue;
      const Group& owner = group(value);
      Placement placement{value};
      if (is_constant(value)) {
        placement.constant = root(value);
      } else if (owner.output >= 0) {
        placement.output = owner.output;
      } else if (owner.input >= 0) {
        placement.input = owner.input;
      } else {
        placement.buffer = buffers.of.at(root(value));
        placement.at = displacement(value) - owner.low;
      }
      model_.placements.push_back(placement);
    }
    model_.buffers = std::move(buffers.list);
    model_.scratch_buffer = std::move(buffers.scratch);
    model_.arena = plan_arena(model_.buffers, alignment);
  }

  CompiledModel& model_;
  const Graph& graph_;
  std::vector<Group> groups_;
};

}  // namespace

void place_activations(CompiledModel& model) { Placer(model).run(); }

}  // namespace tinyc
