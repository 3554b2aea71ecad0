// Greedy: the interval of layers, in bands of some rows, that lowers the arena most for what it costs, then the next one, as
// long as the arena falls. Only intervals with a layer at which most is alive can do that.

#include "passes/lower/choose_streams.h"

#include <algorithm>
#include <set>

#include "passes/lower/place.h"

namespace tinyc {
namespace {

constexpr std::size_t longest = 24;             // layers of a stream
constexpr std::size_t most_layers = 2000;       // of a model that is searched
// Candidates that are placed, and those placed thoroughly: fewer in models of many layers, for each takes longer.
constexpr std::size_t most_placed = 3000, most_finalists = 12;
std::size_t fewer(std::size_t most, std::size_t layers) {
  constexpr std::size_t few_layers = 40;
  return std::max<std::size_t>(1, layers <= few_layers ? most : most * few_layers / layers * few_layers / layers);
}
constexpr int most_streams = 4;
constexpr std::size_t most_refused = 8;
constexpr std::int64_t band_rows[] = {1, 2, 4, 8};
constexpr double bytes_per_cycle_share = 5;     // a hundredth of the cycles is worth five hundredths of the arena
constexpr double bytes_per_call = 250;          // and a call with other parameters this much, for its code

constexpr double usual_share = 0.01, share_for_rows = 0.05;  // of the cycles

// Cycles by rules of thumb.
constexpr double per_call = 200, per_step = 20, per_byte_moved = 0.9, per_byte_gathered = 3, per_mac = 1.25, per_element = 6;

double cycles_of(const CompiledModel& model) {
  double cycles = 1;
  for (const CompiledLayer& layer : model.layers) {
    const NodeView node = view(model.graph, layer.node);
    const Work work = node.op.work(node);
    cycles += per_mac * static_cast<double>(work.macs) + per_element * static_cast<double>(work.element_ops + work.requantizations);
  }
  return cycles;
}

double share_allowed(Objective objective) {
  switch (objective) {
    case Objective::time:
    case Objective::balanced: return usual_share;
    case Objective::size: return 0;
    case Objective::ram: return 1;
  }
  return 0;
}

// What bands cost beyond whole layers.
double overhead(const CompiledModel& model, const PlannedStream& planned) {
  double cycles = 0;
  for (const Feed& feed : planned.stream.feeds) {
    const Ring& ring = *feed.rows.ring;
    cycles += static_cast<double>(feed.rows.end - feed.rows.begin) * (per_call + per_byte_moved * static_cast<double>(ring.all_bytes()));
  }
  for (std::size_t i = 0; i < planned.layers.size(); ++i) {
    const StreamedLayer& layer = planned.stream.layers[i];
    const CompiledLayer& compiled = model.layers[planned.stream.first + i];
    const NodeView node = view(model.graph, compiled.node);
    const auto steps = static_cast<double>(layer.end - layer.begin);
    cycles += steps * (per_call + per_step);
    if (layer.ring) cycles += steps * per_byte_moved * static_cast<double>(layer.ring->bytes - layer.ring->slide);
    // Depthwise kernels gather rows that the last band has gathered already, and those of 3x3 compute rows in pairs.
    if (node.op.name != "conv2d" || node.attributes.integer_or("groups", 1) == 1) continue;
    const PlannedStream::Layer& rows = planned.layers[i];
    cycles += steps * per_byte_gathered * static_cast<double>(rows.kept_rows * row_bytes(node.operand(0)));
    if (rows.middle.out_rows % 2 == 1 && rows.window.stride == 1)
      cycles += steps * static_cast<double>(row_bytes(node.result()) * rows.window.extent * rows.window.extent);
  }
  return cycles;
}

struct Choice {
  std::vector<PlannedStream> streams;
  PlacementOutcome outcome;
  double cost = 0;  // cycles beyond those without streams
  double calls = 0; // that differ from a layer's own
  // Bytes, and what the rest is worth in bytes: little when much may be given up.
  double score(double cycles, double allowed) const { return score(cycles, allowed, outcome.peak.count); }
  // By what is alive while the first stream runs: the rest can be made smaller later.
  double entry_score(double cycles, double allowed) const {
    const Stream& stream = streams.front().stream;
    const auto first = outcome.alive.begin();
    return score(cycles, allowed, *std::max_element(first, first + static_cast<std::ptrdiff_t>(stream.last) + 1));
  }
  double score(double cycles, double allowed, std::int64_t bytes) const {
    const double weight = std::min(1.0, usual_share / allowed);
    return static_cast<double>(bytes) * (1 + weight * bytes_per_cycle_share * cost / cycles) + weight * bytes_per_call * calls;
  }
};

double other_calls(const PlannedStream& planned) {
  double calls = 0;
  for (const PlannedStream::Layer& layer : planned.layers) {
    if (!(layer.first == layer.middle)) calls += 1;
    if (!(layer.last == layer.middle)) calls += 1;
  }
  return calls;
}

class Search {
 public:
  Search(CompiledModel& model, double allowed) : model_(model), rows_(row_layers(model)), cycles_(cycles_of(model)), allowed_(allowed) {}

  std::vector<PlannedStream> run() {
    const std::vector<CompiledLayer> whole = model_.layers;
    while (refused_.size() < most_refused) {
      Choice best = find();
      bool lowered = true;
      for (PlannedStream& stream : best.streams) {
        lowered = lower_stream(model_, stream);
        if (lowered) continue;
        refused_.insert(stream.shape);
        break;
      }
      if (lowered) return std::move(best.streams);
      model_.layers = whole;
    }
    return {};
  }

 private:
  Choice find() {
    Choice best{{}, try_placement(model_, {}, true), 0};
    Choice now = best;
    for (int round = 0; round < most_streams; ++round) {
      const bool entry = model_.push_rows && round == 0;
      std::vector<Choice> candidates = further(now, entry);
      const auto score = [&](const Choice& choice) { return entry ? choice.entry_score(cycles_, allowed_) : choice.score(cycles_, allowed_); };
      std::stable_sort(candidates.begin(), candidates.end(), [&](const Choice& a, const Choice& b) { return score(a) < score(b); });
      candidates.resize(std::min(candidates.size(), fewer(most_finalists, model_.layers.size())));
      std::optional<Choice> next;
      for (Choice& candidate : candidates) {
        candidate.outcome = try_placement(model_, candidate.streams, true);
        if (!next || score(candidate) < score(*next)) next = std::move(candidate);
      }
      if (!next || (!entry && !(next->outcome < now.outcome))) break;
      now = std::move(*next);
      if (entry) best = now;
      if (now.outcome.peak < best.outcome.peak && now.score(cycles_, allowed_) < best.score(cycles_, allowed_)) best = now;
    }
    return best;
  }

  // `now` with one more stream, or a larger one in place of some.
  // `entry`: only such as the input can feed.
  std::vector<Choice> further(const Choice& now, bool entry) {
    std::vector<Choice> found;
    const std::int64_t most = *std::max_element(now.outcome.alive.begin(), now.outcome.alive.end());
    const auto is_full = [&](std::size_t layer) { return now.outcome.alive[layer] == most; };
    for (std::size_t first = 0; first < (entry ? 1 : model_.layers.size()); ++first) {
      bool covers = entry;
      for (std::size_t last = first; last < model_.layers.size() && last - first < longest && rows_.windows[last]; ++last) {
        covers = covers || is_full(last);
        if (!covers || (last == first && !entry)) continue;
        for (const std::int64_t rows : band_rows)
          for (const bool feed : {false, true})
            for (const bool even : {false, true}) add_candidate(now, {first, last, rows, feed, even}, entry, found);
      }
    }
    std::stable_sort(found.begin(), found.end(), [](const Choice& a, const Choice& b) { return a.outcome.peak < b.outcome.peak; });
    found.resize(std::min(found.size(), fewer(most_placed, model_.layers.size())));
    for (Choice& choice : found) choice.outcome = try_placement(model_, choice.streams, false);
    return found;
  }

  void add_candidate(const Choice& now, const StreamShape& shape, bool entry, std::vector<Choice>& found) {
    if (refused_.contains(shape)) return;
    auto planned = plan_stream(model_, rows_, shape);
    if (!planned) return;
    const Bytes needed = bytes_of(*planned);
    Choice choice = joined(now, std::move(*planned));
    choice.outcome.peak = needed;  // until it is placed
    if (choice.streams.empty() || (choice.cost > allowed_ * cycles_ && !entry)) return;
    if (model_.push_rows && !takes_input(choice.streams.front())) return;
    if (choice.outcome.peak < now.outcome.peak || entry) found.push_back(std::move(choice));
  }

  // What a stream alone needs: its rings, its operands and results in full less what they may share.
  Bytes bytes_of(const PlannedStream& planned) const {
    std::set<ValueId> full;
    std::int64_t bytes = 0, shared = 0;
    const auto size = [&](ValueId value) { return model_.graph.value(value).type().bytes(); };
    const auto add = [&](const Band& band) {
      if (band.place.valid() && !band.in_ring && full.insert(band.place).second) bytes += size(band.place);
    };
    for (const Feed& feed : planned.stream.feeds) {
      bytes += feed.rows.ring->all_bytes();
      if (!model_.push_rows) add(feed.rows.inputs.front());
    }
    for (const StreamedLayer& layer : planned.stream.layers) {
      if (layer.ring) bytes += layer.ring->all_bytes();
      add(layer.output);
      for (const Band& band : layer.inputs) add(band);
    }
    for (const Overlap& overlap : planned.overlaps)
      shared = std::max(shared, std::min(size(overlap.operand), size(overlap.result) - overlap.lead));
    return Bytes(bytes - shared);
  }

  // The input comes a whole band at a time.
  bool takes_input(const PlannedStream& planned) const {
    if (planned.shape.first != 0 || !planned.shape.even || planned.stream.feeds.size() != 1) return false;
    const Feed& feed = planned.stream.feeds.front();
    for (const StreamedLayer& layer : planned.stream.layers)
      if (!layer.output.in_ring && rows_.outputs[layer.output.place.index]) return false;
    return feed.value == model_.graph.inputs().front() && feed.rows.begin == 0;
  }

  Choice joined(const Choice& now, PlannedStream planned) const {
    Choice choice;
    const Stream& stream = planned.stream;
    for (const PlannedStream& other : now.streams) {
      const Stream& old = other.stream;
      if (old.last < stream.first || stream.last < old.first) choice.streams.push_back(other);
      else if (old.first < stream.first || stream.last < old.last) return {};
    }
    choice.streams.push_back(std::move(planned));
    std::sort(choice.streams.begin(), choice.streams.end(),
              [](const PlannedStream& a, const PlannedStream& b) { return a.stream.first < b.stream.first; });
    for (const PlannedStream& one : choice.streams) choice.cost += overhead(model_, one), choice.calls += other_calls(one);
    return choice;
  }

  CompiledModel& model_;
  const RowLayers rows_;
  const double cycles_;
  const double allowed_;  // share of the cycles
  std::set<StreamShape> refused_;  // by their kernels
};

}  // namespace

std::vector<PlannedStream> choose_streams(CompiledModel& model, std::optional<double> share) {
  const double usual = share.value_or(share_allowed(model.features.objective));
  const double allowed = model.push_rows ? std::max(usual, share_for_rows) : usual;
  if (model.layers.empty() || model.layers.size() > most_layers || (allowed <= 0 && !model.push_rows)) return {};
  if (model.push_rows && model.graph.inputs().size() != 1) return {};
  return Search(model, allowed).run();
}

}  // namespace tinyc
