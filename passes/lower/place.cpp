// Every activation belongs to a group that shares one place: an operand and its views, and results computed in
// place. A group lives in the arena, in the caller's buffer of an output, or in the caller's buffer of an input
// (external_input). A group dies after the last layer that reads it; the caller's output buffers never die.

#include "passes/lower/place.h"

#include <algorithm>
#include <limits>
#include <map>

#include "lib/ir/op_def.h"

namespace tinyc {
namespace {

constexpr int forever = std::numeric_limits<int>::max();

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
    make_buffers();
    model_.arena = plan_arena(model_.buffers);
  }

 private:
  struct Group {
    ValueId root;  // of the group that this value belongs to, or itself
    int first = 0, last = 0;
    int input = -1, output = -1;
    std::int64_t bytes = 0;  // of the largest member
  };

  ValueId root(ValueId value) const {
    while (groups_[value.index].root != value) value = groups_[value.index].root;
    return value;
  }
  Group& group(ValueId value) { return groups_[root(value).index]; }
  // A constant, or a view of one.
  bool is_constant(ValueId value) const { return graph_.value(root(value)).is_constant(); }
  bool is_of_input(ValueId value) const { return graph_.is_input(root(value)); }

  void define(ValueId value, int layer) {
    groups_[value.index] = {value, layer, layer, -1, -1, graph_.value(value).type().bytes()};
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
    const bool misplaced = to.output >= 0 && (is_of_input(operand) || from.bytes > out.bytes());
    if (!fits || !dies || misplaced || read_otherwise(layer, operand)) return;
    from.last = to.last;
    from.output = to.output;
    from.bytes = std::max(from.bytes, to.bytes);
    to.root = root(operand);
  }

  // A kernel that may work in place says so itself; else the operator does, for all its kernels.
  static bool in_place_by_kernel(const CompiledLayer& layer) {
    return layer.calls.size() == 1 && layer.calls.front().in_place_input >= 0;
  }
  static ValueId in_place_operand(const CompiledLayer& layer, const Node& node) {
    if (in_place_by_kernel(layer))
      return layer.calls.front().inputs[static_cast<std::size_t>(layer.calls.front().in_place_input)];
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

  void make_buffers() {
    std::map<ValueId, int> buffer_of;
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
        const auto [at, is_new] = buffer_of.emplace(root(value), static_cast<int>(model_.buffers.size()));
        if (is_new) model_.buffers.push_back({owner.bytes, owner.first, owner.last});
        placement.buffer = at->second;
      }
      model_.placements.push_back(placement);
    }
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Bytes scratch{0};
      for (const KernelCall& call : model_.layers[i].calls) scratch = std::max(scratch, call.scratch);
      model_.scratch_buffer.push_back(scratch.count > 0 ? static_cast<int>(model_.buffers.size()) : -1);
      if (scratch.count > 0) model_.buffers.push_back({scratch.count, static_cast<int>(i), static_cast<int>(i)});
    }
  }

  CompiledModel& model_;
  const Graph& graph_;
  std::vector<Group> groups_;
};

}  // namespace

void place_activations(CompiledModel& model) { Placer(model).run(); }

}  // namespace tinyc
