// Every activation belongs to a group that shares one place: an operand and its views, results computed in place, and
// results that overlap their operand. A group lives in the arena, in the caller's buffer of an output, or in the caller's
// buffer of an input (external_input). A group dies after the last layer that reads it; the caller's output buffers never die.
// The layers of a stream run at the same time: what they read dies after the last of them, what they write is born before the
// first. What only passes through a stream belongs to no group.
//
// In place costs nothing and is always taken. An overlap makes one longer-lived buffer of two: it is taken where that
// lowers the arena.

#include "passes/lower/place.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>

#include "lib/ir/op_def.h"

namespace tinyc {
namespace {

constexpr int forever = std::numeric_limits<int>::max();
constexpr std::int64_t alignment = 8;
constexpr int overlap_rounds = 4;

std::vector<std::int64_t> bytes_alive(const std::vector<Buffer>& buffers, std::size_t layers) {
  std::vector<std::int64_t> alive(layers, 0);
  const auto add = [&](int first, int last, std::int64_t bytes) {
    for (int layer = first; layer <= last && layer < static_cast<int>(layers); ++layer) alive[static_cast<std::size_t>(layer)] += bytes;
  };
  for (const Buffer& buffer : buffers) {
    if (buffer.spans.empty()) add(buffer.first, buffer.last, buffer.bytes);
    for (const Span& span : buffer.spans) add(span.first, span.last, span.high - span.low);
  }
  return alive;
}

class Placer {
 public:
  Placer(const CompiledModel& model, const std::vector<PlannedStream>& streams)
      : model_(model), graph_(model.graph), streams_(streams), stream_at_(model.layers.size(), -1),
        groups_(graph_.value_bound()), own_(graph_.value_bound()), passing_(graph_.value_bound(), false) {}

  void group_values() {
    for (std::size_t k = 0; k < streams_.size(); ++k) enter(static_cast<int>(k));
    for (const ValueId value : graph_.values()) define(value, 0);
    for (std::size_t i = 0; i < graph_.inputs().size(); ++i)
      if (model_.external_input) group(graph_.inputs()[i]).input = static_cast<int>(i);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) join_views(model_.layers[i], first_at(i));
    for (std::size_t i = 0; i < model_.layers.size(); ++i) record_reads(model_.layers[i], last_at(i));
    claim_outputs();
    for (std::size_t i = 0; i < model_.layers.size(); ++i)
      if (stream_at_[i] < 0) join_in_place(model_.layers[i], static_cast<int>(i));
  }

  PlacementOutcome overlap(int rounds) {
    list_overlaps();
    const std::vector<Group> apart = groups_;
    std::vector<bool> best(overlaps_.size(), false);
    PlacementOutcome best_outcome = *with_overlaps(apart, best);
    for (const bool all : {false, true}) {
      std::vector<bool> chosen(overlaps_.size(), all);
      PlacementOutcome outcome = *with_overlaps(apart, chosen);
      improve(apart, rounds, chosen, outcome);
      if (outcome < best_outcome) best_outcome = outcome, best = chosen;
    }
    return *with_overlaps(apart, best);
  }

  // What was found, in the model that was given.
  void store(CompiledModel& model) const {
    Buffers buffers = make_buffers();
    for (std::size_t k = 0; k < streams_.size(); ++k) {
      model.streams.push_back(streams_[k].stream);
      std::size_t next = 0;
      for (Feed& feed : model.streams[k].feeds) feed.rows.ring->buffer = buffers.rings[k][next++];
      for (StreamedLayer& layer : model.streams[k].layers)
        if (layer.ring) layer.ring->buffer = buffers.rings[k][next++];
    }
    model.copies = copies_;
    place(std::move(buffers), model);
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
    std::vector<std::vector<int>> rings;  // of each stream
    int row_count = -1;
  };

  int first_at(std::size_t layer) const {
    return static_cast<int>(stream_at_[layer] < 0 ? layer : streams_[static_cast<std::size_t>(stream_at_[layer])].stream.first);
  }
  int last_at(std::size_t layer) const {
    return static_cast<int>(stream_at_[layer] < 0 ? layer : streams_[static_cast<std::size_t>(stream_at_[layer])].stream.last);
  }
  void enter(int stream) {
    const Stream& entered = streams_[static_cast<std::size_t>(stream)].stream;
    for (std::size_t i = 0; i < entered.layers.size(); ++i) {
      const std::size_t at = entered.first + i;
      const ValueId result = graph_.node(model_.layers[at].node).results().front();
      stream_at_[at] = stream;
      passing_[result.index] = entered.layers[i].output.in_ring || entered.layers[i].output.place != result;
    }
  }

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
    own_[value.index] = {layer, layer};
  }

  void join_views(const CompiledLayer& layer, int at) {
    const Node& node = graph_.node(layer.node);
    for (const ValueId result : node.results()) {
      define(result, at);
      if (!layer.calls.empty()) continue;
      groups_[result.index].root = root(node.operands().front());
      own_[result.index] = own_[node.operands().front().index];
    }
  }

  void record_reads(const CompiledLayer& layer, int at) {
    for (const KernelCall& call : layer.calls)
      for (const ValueId input : call.inputs)
        if (input.valid()) {
          group(input).last = std::max(group(input).last, at);
          own_[input.index].second = std::max(own_[input.index].second, at);
        }
  }

  // The group of an output lives in the caller's buffer, unless that is impossible: then its bytes are copied as
  // soon as they are there.
  void claim_outputs() {
    for (std::size_t i = 0; i < graph_.outputs().size(); ++i) {
      const ValueId value = graph_.outputs()[i];
      Group& owner = group(value);
      if (is_constant(value) || is_of_input(value)) {
        copies_.push_back({value, static_cast<int>(i), 0});
      } else if (owner.output >= 0) {
        copies_.push_back({value, static_cast<int>(i), last_at(static_cast<std::size_t>(owner.first)) + 1});
      } else {
        owner.output = static_cast<int>(i);
        owner.last = forever;
      }
    }
    std::stable_sort(copies_.begin(), copies_.end(),
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

  // Of layers [first, last], one or those of a stream.
  struct Candidate {
    Overlap overlap;
    std::size_t first, last;
  };

  void list_overlaps() {
    const auto add = [&](const Overlap& overlap, std::size_t first, std::size_t last) {
      if (can_overlap({overlap, first, last})) overlaps_.push_back({overlap, first, last});
    };
    for (std::size_t at = 0; at < model_.layers.size(); ++at) {
      const CompiledLayer& layer = model_.layers[at];
      if (stream_at_[at] >= 0) {
        const PlannedStream& planned = streams_[static_cast<std::size_t>(stream_at_[at])];
        if (planned.stream.first == at)
          for (const Overlap& overlap : planned.overlaps) add(overlap, at, planned.stream.last);
      } else if (in_place_by_kernel(layer) && layer.calls.front().outputs.size() == 1) {
        const KernelCall& call = layer.calls.front();
        add({call.inputs[static_cast<std::size_t>(call.in_place_input)], call.outputs.front(), call.lead}, at, at);
      }
    }
  }

  // Whether the result lies elsewhere or reaches further, and nobody else needs the operand.
  bool can_overlap(const Candidate& candidate) const {
    const auto& [operand, result, lead] = candidate.overlap;
    if (is_constant(operand) || root(operand) == root(result)) return false;
    const Group &from = group(operand), &to = group(result);
    for (std::size_t at = candidate.first; at <= candidate.last; ++at)
      if (read_otherwise(model_.layers[at], operand)) return false;
    return from.input < 0 && from.output < 0 && to.output < 0 && from.last == static_cast<int>(candidate.last) &&
           to.first == static_cast<int>(candidate.first);
  }

  void join_overlapping(const Overlap& overlap) {
    const auto& [operand, result, bytes] = overlap;
    const std::int64_t lead = (bytes + alignment - 1) / alignment * alignment;
    Group &from = group(operand), &to = group(result);
    const std::int64_t shift = displacement(operand) - lead - displacement(result);
    from.low = std::min(from.low, shift + to.low);
    from.high = std::max(from.high, shift + to.high);
    from.last = to.last;
    to.at = shift;
    to.root = root(operand);
  }

  // With the chosen overlaps on top of `apart`; nothing when that cannot be better than `known`, which is seen without placing.
  std::optional<PlacementOutcome> with_overlaps(const std::vector<Group>& apart, const std::vector<bool>& chosen,
                                                const PlacementOutcome* known = nullptr) {
    groups_ = apart;
    for (std::size_t i = 0; i < overlaps_.size(); ++i)
      if (chosen[i] && can_overlap(overlaps_[i])) join_overlapping(overlaps_[i].overlap);
    const Buffers buffers = make_buffers();
    PlacementOutcome outcome{Bytes(0), {}, bytes_alive(buffers.list, model_.layers.size())};
    outcome.pressure = outcome.alive;
    std::sort(outcome.pressure.begin(), outcome.pressure.end(), std::greater<>());
    const Bytes least(outcome.pressure.empty() ? 0 : outcome.pressure.front());
    if (known && (known->peak < least || (known->peak == least && known->pressure <= outcome.pressure))) return std::nullopt;
    outcome.peak = plan_arena(buffers.list, alignment).peak;
    return outcome;
  }

  // Takes overlaps and gives them up, one or two following ones at a time, while that helps.
  void improve(const std::vector<Group>& apart, int rounds, std::vector<bool>& chosen, PlacementOutcome& outcome) {
    bool improved = true;
    for (int round = 0; improved && round < rounds; ++round) {
      improved = false;
      for (std::size_t i = 0; i < overlaps_.size(); ++i)
        for (std::size_t last = i; last < std::min(i + 2, overlaps_.size()); ++last) {
          std::vector<bool> other = chosen;
          for (std::size_t k = i; k <= last; ++k) other[k] = !other[k];
          auto now = with_overlaps(apart, other, &outcome);
          if (!now || !(*now < outcome)) continue;
          outcome = std::move(*now), chosen = std::move(other);
          improved = true;
        }
    }
  }

  // --- buffers

  // What of a group is in use when: its members come and go.
  void set_spans(Buffer& buffer, const std::vector<ValueId>& values) const {
    constexpr std::size_t most_members = 64;
    if (values.size() < 2 || values.size() > most_members) return;
    std::vector<int> starts{buffer.first};
    for (const ValueId value : values) {
      starts.push_back(own_[value.index].first);
      starts.push_back(own_[value.index].second + 1);
    }
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    std::vector<Span> spans;
    for (std::size_t i = 0; i < starts.size() && starts[i] <= buffer.last; ++i) {
      if (starts[i] < buffer.first) continue;
      Span span{starts[i], i + 1 < starts.size() ? std::min(starts[i + 1] - 1, buffer.last) : buffer.last, buffer.bytes, 0};
      for (const ValueId value : values) {
        if (own_[value.index].second < span.first || span.last < own_[value.index].first) continue;
        const std::int64_t low = displacement(value) - group(value).low;
        span.low = std::min(span.low, low);
        span.high = std::max(span.high, low + graph_.value(value).type().bytes());
      }
      if (span.low >= span.high) return;  // nobody says what must stay
      if (!spans.empty() && spans.back().low == span.low && spans.back().high == span.high) spans.back().last = span.last;
      else spans.push_back(span);
    }
    if (spans.size() > 1) buffer.spans = std::move(spans);
  }

  Buffers make_buffers() const {
    Buffers buffers;
    std::map<ValueId, std::vector<ValueId>> members;  // by root
    for (const ValueId value : graph_.values()) {
      const Group& owner = group(value);
      if (passing_[value.index] || graph_.value(value).is_constant() || is_constant(value) || owner.output >= 0 || owner.input >= 0)
        continue;
      members[root(value)].push_back(value);
      if (!buffers.of.emplace(root(value), static_cast<int>(buffers.list.size())).second) continue;
      buffers.list.push_back({owner.bytes(), owner.first, owner.last});
    }
    for (const auto& [owner, values] : members) set_spans(buffers.list[static_cast<std::size_t>(buffers.of.at(owner))], values);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const int first = first_at(i), last = last_at(i);
      if (static_cast<std::size_t>(first) < i) {
        buffers.scratch.push_back(buffers.scratch.back());
        continue;
      }
      Bytes scratch{0};
      for (int k = first; k <= last; ++k) scratch = std::max(scratch, scratch_of(static_cast<std::size_t>(k)));
      buffers.scratch.push_back(scratch.count > 0 ? static_cast<int>(buffers.list.size()) : -1);
      if (scratch.count > 0) buffers.list.push_back({scratch.count, first, last});
    }
    if (model_.push_rows && !streams_.empty()) {
      buffers.row_count = static_cast<int>(buffers.list.size());
      const Stream& first = streams_.front().stream;
      buffers.list.push_back({alignment, static_cast<int>(first.first), static_cast<int>(first.last)});
    }
    for (const PlannedStream& planned : streams_) {
      auto& rings = buffers.rings.emplace_back();
      const auto add = [&](const Ring& ring) {
        rings.push_back(static_cast<int>(buffers.list.size()));
        buffers.list.push_back({ring.all_bytes(), static_cast<int>(planned.stream.first), static_cast<int>(planned.stream.last)});
      };
      for (const Feed& feed : planned.stream.feeds) add(*feed.rows.ring);
      for (const StreamedLayer& layer : planned.stream.layers)
        if (layer.ring) add(*layer.ring);
    }
    return buffers;
  }

  Bytes scratch_of(std::size_t layer) const {
    Bytes scratch{0};
    for (const KernelCall& call : model_.layers[layer].calls) scratch = std::max(scratch, call.scratch);
    if (stream_at_[layer] < 0) return scratch;
    const Stream& stream = streams_[static_cast<std::size_t>(stream_at_[layer])].stream;
    const StreamedLayer& streamed = stream.layers[layer - stream.first];
    for (const auto* call : {&streamed.first, &streamed.last})
      if (*call) scratch = std::max(scratch, (*call)->scratch);
    return scratch;
  }

  void place(Buffers buffers, CompiledModel& model) const {
    for (const ValueId value : graph_.values()) {
      if (graph_.value(value).is_constant()) continue;
      const Group& owner = group(value);
      Placement placement{value};
      if (passing_[value.index]) {
        // nowhere
      } else if (is_constant(value)) {
        placement.constant = root(value);
      } else if (owner.output >= 0) {
        placement.output = owner.output;
      } else if (owner.input >= 0) {
        placement.input = owner.input;
      } else {
        placement.buffer = buffers.of.at(root(value));
        placement.at = displacement(value) - owner.low;
      }
      model.placements.push_back(placement);
    }
    model.buffers = std::move(buffers.list);
    model.scratch_buffer = std::move(buffers.scratch);
    model.row_count_buffer = buffers.row_count;
    model.arena = improve_arena(model.buffers, plan_arena(model.buffers, alignment), alignment);
  }

  const CompiledModel& model_;
  const Graph& graph_;
  const std::vector<PlannedStream>& streams_;
  std::vector<int> stream_at_;  // by layer: the stream that it belongs to, -1: none
  std::vector<Group> groups_;
  std::vector<std::pair<int, int>> own_;  // by value: from where on it is there and where it is read last, whatever its group
  std::vector<bool> passing_;   // by value: it only passes through a stream
  std::vector<Candidate> overlaps_;
  std::vector<OutputCopy> copies_;
};

}  // namespace

PlacementOutcome try_placement(const CompiledModel& model, const std::vector<PlannedStream>& streams, bool thorough) {
  Placer placer(model, streams);
  placer.group_values();
  return placer.overlap(thorough ? overlap_rounds : 0);
}

void place_activations(CompiledModel& model, const std::vector<PlannedStream>& streams) {
  Placer placer(model, streams);
  placer.group_values();
  placer.overlap(overlap_rounds);
  placer.store(model);
}

}  // namespace tinyc
