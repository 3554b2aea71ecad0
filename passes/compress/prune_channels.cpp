// prune-channels: takes channels out of a model where this costs least, until `ratio` of its multiply-accumulates are gone.
//
//   %a = conv2d(%x, %w, %b);  %y = conv2d(%a, %v)   ->   all weights that write channel c of %a, and all that read it, are zero
//
// Channels of values that are summed, pooled or filtered depthwise go together (channel_classes.h). What a channel costs is what
// the layers that read it cannot make up for (lib/compress/obs.h), weighed by what this does to the outputs of the model. Channels
// go in fours, as kernels read them. Then the weights that stay are fitted. remove-dead-channels takes the zeros out of the
// quantized graph. Channels that the quantized model does without neither count nor go. When: on a canonical graph,
// before distillation and calibration, with real samples.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/compress/obs.h"
#include "lib/support/text.h"
#include "passes/compress/channel_classes.h"
#include "passes/compress/dead_channels.h"
#include "passes/compress/refit_layers.h"

namespace tinyc::passes {
namespace {

constexpr std::int64_t probe_samples = 48;
constexpr std::size_t at_once = 4;
constexpr double most_of_a_class = 0.75;

// A layer between two classes, -1: channels that stay.
struct Layer {
  NodeId id;
  DenseLayer dense;
  std::size_t input_channels = 0;
  int input = -1, output = -1;
  std::vector<bool> live;  // by weight
};

struct Class {
  ChannelClass members;
  std::vector<std::size_t> order;   // of channels that may go
  std::vector<double> costs;        // of each in this order
  std::size_t gone = 0;             // of the order
};

class ChannelPruner {
 public:
  ChannelPruner(Graph& graph, const PassContext& context, const LiveChannels& live, double ratio)
      : graph_(graph), context_(context), ratio_(ratio), before_(graph) {
    for (ChannelClass& members : channel_classes(before_, true, true)) {
      const bool read = std::any_of(members.consumers.begin(), members.consumers.end(), [&](NodeId id) { return !depthwise(id); });
      if (read) classes_.push_back({std::move(members), {}, {}, 0});
    }
    for (const NodeId id : before_.nodes()) {
      const NodeView node = view(before_, id);
      const auto dense = DenseLayer::of(node);
      if (!dense || node.operand(1).dtype != DType::f32) continue;
      Layer layer{id, *dense, static_cast<std::size_t>(node.operand(1).shape[node.operand(1).shape.rank() - 1]), -1, -1, live.weights(node, id)};
      for (std::size_t c = 0; c < classes_.size(); ++c) {
        const auto& members = classes_[c].members;
        if (std::count(members.consumers.begin(), members.consumers.end(), id)) layer.input = static_cast<int>(c);
        if (std::count(members.producers.begin(), members.producers.end(), id)) layer.output = static_cast<int>(c);
      }
      layers_.push_back(std::move(layer));
    }
  }

  bool empty() const { return classes_.empty(); }

  Status run() {
    TINYC_TRY(order());
    TINYC_TRY(weigh());
    const std::int64_t all = macs();
    choose(all);
    std::vector<NodeId> ids;
    std::vector<const Layer*> changed;
    for (const Layer& layer : layers_) {
      if (layer.input < 0 && layer.output < 0) continue;
      ids.push_back(layer.id);
      changed.push_back(&layer);
    }
    TINYC_TRY(refit_layers(graph_, before_, ids, [&](std::size_t l) { return left(*changed[l], true); }, context_));
    report(all);
    return {};
  }

 private:
  bool depthwise(NodeId id) const { return is_depthwise_layer(view(before_, id)); }

  // The channel of an element of a layer's weights.
  static std::size_t output_of(const Layer& layer, std::size_t i) { return i / layer.dense.depth; }
  static std::size_t input_of(const Layer& layer, std::size_t i) {
    return output_of(layer, i) / layer.dense.outputs * layer.input_channels + i % layer.input_channels;
  }

  std::vector<std::vector<bool>> gone() const {
    std::vector<std::vector<bool>> gone;
    for (const Class& each : classes_) {
      gone.emplace_back(static_cast<std::size_t>(each.members.channels), false);
      for (std::size_t i = 0; i < each.gone; ++i) gone.back()[each.order[i]] = true;
    }
    return gone;
  }

  // Calls f(element) for the weights of a layer that are gone.
  template <class F>
  void each_gone(const Layer& layer, const std::vector<std::vector<bool>>& gone, bool outputs, F&& f) const {
    for (std::size_t i = 0; i < layer.live.size(); ++i)
      if ((outputs && layer.output >= 0 && gone[static_cast<std::size_t>(layer.output)][output_of(layer, i)]) ||
          (layer.input >= 0 && gone[static_cast<std::size_t>(layer.input)][input_of(layer, i)]))
        f(i);
  }

  std::vector<float> left(const Layer& layer, bool outputs) const {
    const auto weights = layer_weights(before_, layer.id);
    std::vector<float> left(weights.begin(), weights.end());
    each_gone(layer, gone(), outputs, [&](std::size_t i) { left[i] = 0; });
    return left;
  }

  std::int64_t macs() const {
    const auto now = gone();
    std::int64_t sum = 0;
    for (const Layer& layer : layers_) {
      auto count = std::count(layer.live.begin(), layer.live.end(), true);
      each_gone(layer, now, true, [&](std::size_t i) { count -= layer.live[i]; });
      sum += count * static_cast<std::int64_t>(layer.dense.positions);
    }
    return sum;
  }

  // Channels of a class that something live writes or reads.
  std::vector<bool> live_channels_of(std::size_t index) const {
    std::vector<bool> live(static_cast<std::size_t>(classes_[index].members.channels), false);
    for (const Layer& layer : layers_)
      for (std::size_t i = 0; i < layer.live.size(); ++i) {
        if (!layer.live[i]) continue;
        if (layer.output == static_cast<int>(index)) live[output_of(layer, i)] = true;
        if (layer.input == static_cast<int>(index)) live[input_of(layer, i)] = true;
      }
    return live;
  }

  // The order of the channels of every class, by what their readers lose.
  Status order() {
    LayerwiseRun teacher = TINYC_TRY(LayerwiseRun::start(before_, *context_.calibration, samples_within(before_, refit_bytes), context_.threads));
    std::vector<std::vector<double>> costs;
    for (const Class& each : classes_) costs.emplace_back(static_cast<std::size_t>(each.members.channels), 0.0);
    for (const Layer& layer : layers_) {
      if (layer.input < 0 || layer.dense.groups > 1) continue;
      TINYC_TRY(teacher.advance_to(layer.id));
      const LayerInputs inputs = layer_inputs(teacher, before_, layer.id);
      const auto moments = moments_of(before_, layer.id, inputs, inputs, teacher.samples(), context_.threads);
      PruneStrip strip;
      strip.outputs.resize(layer.dense.outputs);
      std::iota(strip.outputs.begin(), strip.outputs.end(), std::size_t{0});
      strip.groups.resize(layer.input_channels);
      for (std::size_t k = 0; k < layer.dense.depth; ++k) strip.groups[k % layer.input_channels].push_back(k);
      const PruneTrace trace = prune_traces(moments.front().all, layer_weights(before_, layer.id), {strip}, 1.0, context_.threads).front();
      const double power = std::accumulate(moments.front().all.target_power.begin(), moments.front().all.target_power.end(), 0.0);
      double dearest = 0;
      for (std::size_t i = 0; i < trace.order.size(); ++i) {
        dearest = std::max(dearest, trace.losses[i] / std::max(power, 1e-30));
        costs[static_cast<std::size_t>(layer.input)][trace.order[i]] += dearest;
      }
    }
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      const auto live = live_channels_of(c);
      auto& order = classes_[c].order;
      for (std::size_t k = 0; k < live.size(); ++k)
        if (live[k]) order.push_back(k);
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return costs[c][a] < costs[c][b]; });
      order.resize(static_cast<std::size_t>(most_of_a_class * static_cast<double>(order.size())) / at_once * at_once);
      for (const std::size_t k : order) classes_[c].costs.push_back(costs[c][k]);
    }
    return {};
  }

  // Scales the costs of a class to what a third of its channels does to the answers.
  Status weigh() {
    LayerwiseRun probe = TINYC_TRY(LayerwiseRun::start(before_, *context_.calibration, std::min(probe_samples, samples_within(before_, refit_bytes)), context_.threads));
    const auto wanted = TINYC_TRY(answers(probe, before_));
    for (std::size_t c = 0; c < classes_.size(); ++c) {
      if (context_.progress)
        context_.progress("weighing channels", static_cast<std::int64_t>(c + 1), static_cast<std::int64_t>(classes_.size()));
      Class& each = classes_[c];
      each.gone = std::min(each.order.size(), (each.order.size() / 3 + at_once - 1) / at_once * at_once);
      const double own = std::accumulate(each.costs.begin(), each.costs.begin() + static_cast<std::ptrdiff_t>(each.gone), 0.0);
      Graph pruned = before_;
      LayerwiseRun reading = probe;
      for (const Layer& layer : layers_) {
        if (layer.input != static_cast<int>(c) || layer.dense.groups > 1) continue;
        TINYC_TRY(reading.advance_to(layer.id));
        const LayerInputs inputs = layer_inputs(reading, before_, layer.id);
        refit_layer(pruned, before_, layer.id, moments_of(before_, layer.id, inputs, inputs, reading.samples(), context_.threads),
                    left(layer, false), false, context_.threads);
      }
      each.gone = 0;
      LayerwiseRun changed = probe;
      changed.continue_on(pruned);
      const double error = squared_difference(TINYC_TRY(answers(std::move(changed), pruned)), wanted);
      for (double& cost : each.costs) cost *= own > 0 ? std::max(error, 1e-30) / own : 0;
    }
    return {};
  }

  // Fours of channels, the cheapest for the work they save first.
  void choose(std::int64_t all) {
    const double target = (1 - ratio_) * static_cast<double>(all);
    std::int64_t now = all;
    while (static_cast<double>(now) > target) {
      Class* best = nullptr;
      double least = HUGE_VAL;
      for (Class& each : classes_) {
        if (each.gone + at_once > each.order.size()) continue;
        const double cost = std::accumulate(each.costs.begin() + static_cast<std::ptrdiff_t>(each.gone),
                                            each.costs.begin() + static_cast<std::ptrdiff_t>(each.gone + at_once), 0.0);
        each.gone += at_once;
        const std::int64_t saved = now - macs();
        each.gone -= at_once;
        const double price = cost / static_cast<double>(std::max<std::int64_t>(saved, 1));
        if (price >= least) continue;
        least = price;
        best = &each;
      }
      if (!best) break;
      best->gone += at_once;
      now = macs();
    }
  }

  void report(std::int64_t all) const {
    context_.note("prune", "", {{"macs", all}, {"macs_left", macs()}});
    for (const Class& each : classes_)
      context_.note("prune", before_.node(each.members.producers.front()).name(),
                    {{"channels", each.members.channels}, {"channels_removed", static_cast<std::int64_t>(each.gone)}});
  }

  Graph& graph_;
  const PassContext& context_;
  double ratio_;
  const Graph before_;
  std::vector<Class> classes_;
  std::vector<Layer> layers_;
};

Result<Changed> run(Graph& graph, PassContext& context) {
  const double ratio = context.options.real("ratio");
  if (!(ratio >= 0 && ratio < 1))
    return Error("TC5040", "prune", "the ratio " + shortest(ratio) + " is not in [0, 1)", "give the share of the work to save, such as 0.4");
  TINYC_CHECK(context.calibration != nullptr, "pruning without samples");
  TINYC_TRY(check_samples_to_prune(*context.calibration));
  const LiveChannels live = TINYC_TRY(live_channels(graph, context));
  ChannelPruner pruner(graph, context, live, ratio);
  if (pruner.empty())
    return Error("TC5045", "prune", "no layer has channels that could go", "use --prune-pattern unstructured");
  TINYC_TRY(pruner.run());
  return Changed::yes;
}

}  // namespace

const Pass& prune_channels() {
  static const Pass pass{{.name = "prune-channels",
                          .summary = "takes out the channels that the others can best make up for over the samples",
                          .stages = {Stage::canonical},
                          .options = {{"ratio", 0.4, "share of the multiply-accumulates that shall go, in [0, 1)"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
