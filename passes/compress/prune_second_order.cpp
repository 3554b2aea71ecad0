// prune-second-order: sets to zero the weights that the model can best do without, while those that stay make up for them.
//
//   const %w = [0.9, -0.1, 0.2, -0.8]  ->  const %w = [0.95, 0.0, 0.0, -0.8]      (ratio=0.5)
//
// Prunable are the weights of convolutions and fully connected layers that the quantized model computes something from: channels
// that remove-dead-channels would take out are found on a quantized clone and do not count. In every layer, groups of weights
// (prune_pattern.h) go in the order of what they cost its result (lib/compress/obs.h); across layers, costs are weighed by what
// an error of the layer does to the outputs of the model, measured on samples. Of n prunable weights, as many go as
// floor(ratio * n) holds; zeros that are there stay and count. Then, layer by layer, the weights that stay are fitted by least squares from what the
// pruned model's layer reads to what the model's layer computed. When: on a canonical graph, before distillation and
// calibration, with real samples.

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "lib/compress/obs.h"
#include "lib/pass/pass.h"
#include "lib/support/text.h"
#include "passes/compress/dead_channels.h"
#include "passes/compress/prune_pattern.h"
#include "passes/compress/refit_layers.h"

namespace tinyc::passes {
namespace {

constexpr std::int64_t probe_samples = 48;

// A run of weights that go together in a given order, of one layer's group of channels.
struct Strip {
  std::size_t channel_group = 0;
  PruneStrip strip;
  PruneTrace trace;
};

struct Layer {
  NodeId id;
  std::string name;
  DenseLayer dense;
  std::vector<bool> live;     // by weight
  std::vector<Strip> strips;
  std::size_t prunable = 0, zeros = 0;
  double weight = 1;          // of an error of its result
};

// Groups with the same outputs become a strip; groups of dead weights alone stay out.
std::vector<Strip> strips_of(const Layer& layer, const WeightGroups& groups) {
  std::map<std::vector<std::size_t>, std::size_t> index;
  std::vector<Strip> strips;
  const std::size_t depth = layer.dense.depth, outputs = layer.dense.outputs;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<std::size_t> rows, columns;
    bool live = false;
    for (const std::uint32_t i : groups[g]) {
      rows.push_back(i / depth);
      columns.push_back(i % depth);
      live = live || layer.live[i];
    }
    if (!live) continue;
    for (auto* list : {&rows, &columns}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    const auto [at, added] = index.try_emplace(rows, strips.size());
    if (added) {
      Strip strip;
      strip.channel_group = rows.front() / outputs;
      for (const std::size_t row : rows) strip.strip.outputs.push_back(row % outputs);
      strips.push_back(std::move(strip));
    }
    strips[at->second].strip.groups.push_back(std::move(columns));
  }
  return strips;
}

// How many live weights a group of a strip has.
std::size_t live_weights(const Layer& layer, const Strip& strip, std::size_t group) {
  std::size_t count = 0;
  for (const std::size_t o : strip.strip.outputs)
    for (const std::size_t k : strip.strip.groups[group])
      count += layer.live[(strip.channel_group * layer.dense.outputs + o) * layer.dense.depth + k];
  return count;
}

std::vector<Layer> prunable_layers(const Graph& graph, const LiveChannels& live, PrunePattern pattern) {
  std::vector<Layer> layers;
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const auto dense = DenseLayer::of(node);
    if (!dense || node.operand(1).dtype != DType::f32 || node.operand(0).dtype != DType::f32) continue;
    if (node.operands[1]->uses().size() != 1 || graph.is_output(node.operand_ids[1])) continue;
    if (node.has(2) && (!node.constant(2) || node.operands[2]->uses().size() != 1)) continue;
    const auto groups = weight_groups(node, 1, pattern);
    if (!groups) continue;
    Layer layer{id, std::string(node.name), *dense, live.weights(node, id), {}, 0, 0, 1};
    layer.prunable = static_cast<std::size_t>(std::count(layer.live.begin(), layer.live.end(), true));
    layer.strips = strips_of(layer, *groups);
    if (layer.prunable > 0) layers.push_back(std::move(layer));
  }
  return layers;
}

// The layer's weights without the first `counts[s]` groups of each strip.
std::vector<float> masked(std::span<const float> weights, const Layer& layer, const std::vector<std::size_t>& counts) {
  std::vector<float> left(weights.begin(), weights.end());
  for (std::size_t s = 0; s < layer.strips.size(); ++s) {
    const Strip& strip = layer.strips[s];
    for (std::size_t i = 0; i < counts[s]; ++i)
      for (const std::size_t o : strip.strip.outputs)
        for (const std::size_t k : strip.strip.groups[strip.trace.order[i]])
          left[(strip.channel_group * layer.dense.outputs + o) * layer.dense.depth + k] = 0;
  }
  return left;
}

// --- what pruning costs

class Pruner {
 public:
  Pruner(Graph& graph, const PassContext& context, std::vector<Layer> layers, double ratio)
      : graph_(graph), context_(context), layers_(std::move(layers)), ratio_(ratio), before_(graph) {}

  Status run() {
    TINYC_TRY(trace());
    const auto counts = allot();
    std::vector<NodeId> ids;
    for (const Layer& layer : layers_) ids.push_back(layer.id);
    TINYC_TRY(refit_layers(graph_, before_, ids, [&](std::size_t l) {
      return masked(layer_weights(before_, ids[l]), layers_[l], counts[l]);
    }, context_));
    report();
    return {};
  }

 private:
  std::int64_t samples() const { return samples_within(graph_, refit_bytes); }
  void progress(std::string_view what, std::size_t done) const {
    if (context_.progress) context_.progress(what, static_cast<std::int64_t>(done), static_cast<std::int64_t>(layers_.size()));
  }

  // Orders the groups of every layer, and weighs its errors.
  Status trace() {
    LayerwiseRun teacher = TINYC_TRY(LayerwiseRun::start(before_, *context_.calibration, samples(), context_.threads));
    LayerwiseRun probe = TINYC_TRY(LayerwiseRun::start(before_, *context_.calibration, std::min(samples(), probe_samples), context_.threads));
    const auto wanted = TINYC_TRY(answers(probe, before_));
    const double share = std::min(0.95, 1 - 0.35 * (1 - ratio_));
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Layer& layer = layers_[l];
      progress("pruning", l + 1);
      TINYC_TRY(teacher.advance_to(layer.id));
      TINYC_TRY(probe.advance_to(layer.id));
      const LayerInputs inputs = layer_inputs(teacher, before_, layer.id);
      const auto moments = moments_of(before_, layer.id, inputs, inputs, teacher.samples(), context_.threads);
      for (std::size_t group = 0; group < layer.dense.groups; ++group) trace_group(layer, group, moments[group].all, share);
      TINYC_TRY(weigh(layer, moments, probe, wanted));
    }
    return {};
  }

  void trace_group(Layer& layer, std::size_t group, const Moments& moments, double share) {
    std::vector<PruneStrip> strips;
    std::vector<std::size_t> which;
    for (std::size_t s = 0; s < layer.strips.size(); ++s) {
      if (layer.strips[s].channel_group != group) continue;
      strips.push_back(layer.strips[s].strip);
      which.push_back(s);
    }
    auto traces = prune_traces(moments, layer.dense.weights_of(layer_weights(before_, layer.id), group), strips, share, context_.threads);
    for (std::size_t i = 0; i < which.size(); ++i) layer.strips[which[i]].trace = std::move(traces[i]);
  }

  // What the layer alone, pruned by the ratio, does to the answers, for each unit of its own squared error.
  Status weigh(Layer& layer, const std::vector<SplitMoments>& moments, const LayerwiseRun& probe, const std::vector<Tensor>& wanted) {
    std::vector<std::size_t> counts;
    double own = 0;
    for (const Strip& strip : layer.strips) {
      counts.push_back(std::min(strip.trace.order.size(), static_cast<std::size_t>(std::ceil(ratio_ * static_cast<double>(strip.strip.groups.size())))));
      own += std::accumulate(strip.trace.losses.begin(), strip.trace.losses.begin() + static_cast<std::ptrdiff_t>(counts.back()), 0.0);
    }
    if (!(own > 0)) return {};
    Graph pruned = before_;
    refit_layer(pruned, before_, layer.id, moments, masked(layer_weights(before_, layer.id), layer, counts), false, context_.threads);
    LayerwiseRun changed = probe;
    changed.continue_on(pruned);
    const double error = squared_difference(TINYC_TRY(answers(std::move(changed), pruned)), wanted);
    layer.weight = std::max(error, 1e-30) / own;
    return {};
  }

  // How many groups of every strip go: the cheapest of all, in the order of each strip.
  std::vector<std::vector<std::size_t>> allot() {
    struct Step {
      double cost;
      std::size_t layer, strip, weights;
    };
    std::vector<Step> steps;
    std::size_t prunable = 0;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      prunable += layers_[l].prunable;
      for (std::size_t s = 0; s < layers_[l].strips.size(); ++s) {
        const Strip& strip = layers_[l].strips[s];
        double dearest = 0;
        for (std::size_t i = 0; i < strip.trace.order.size(); ++i) {
          const std::size_t weights = live_weights(layers_[l], strip, strip.trace.order[i]);
          dearest = std::max(dearest, strip.trace.losses[i] * layers_[l].weight / static_cast<double>(weights));
          steps.push_back({dearest, l, s, weights});
        }
      }
    }
    std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.cost < b.cost; });
    const auto target = static_cast<std::size_t>(std::floor(ratio_ * static_cast<double>(prunable) * (1 + 1e-12)));
    std::vector<std::vector<std::size_t>> counts;
    for (const Layer& layer : layers_) counts.emplace_back(layer.strips.size(), 0);
    std::size_t taken = 0;
    for (const Step& step : steps) {
      if (taken + step.weights > target && step.cost > 0) break;
      taken += step.weights;
      ++counts[step.layer][step.strip];
      layers_[step.layer].zeros += step.weights;
    }
    return counts;
  }

  void report() const {
    for (const Layer& layer : layers_)
      context_.note("prune", layer.name,
                    {{"weights", static_cast<std::int64_t>(layer.live.size())}, {"prunable", static_cast<std::int64_t>(layer.prunable)},
                     {"zeros", static_cast<std::int64_t>(layer.zeros)},
                     {"sparsity", static_cast<double>(layer.zeros) / static_cast<double>(layer.prunable)}, {"error_weight", layer.weight}});
  }

  Graph& graph_;
  const PassContext& context_;
  std::vector<Layer> layers_;
  double ratio_;
  const Graph before_;
};

Result<Changed> run(Graph& graph, PassContext& context) {
  const double ratio = context.options.real("ratio");
  if (!(ratio >= 0 && ratio < 1))
    return Error("TC5040", "prune", "the ratio " + shortest(ratio) + " is not in [0, 1)",
                 "give the share of weights to remove, such as 0.5");
  const std::string& name = context.options.text("pattern");
  const auto pattern = parse_prune_pattern(name);
  if (!pattern) return Error("TC5044", "prune", "there is no pattern '" + name + "'", "use unstructured, block4x2 or block4x4");
  TINYC_CHECK(context.calibration != nullptr, "pruning without samples");
  TINYC_TRY(check_samples_to_prune(*context.calibration));
  const LiveChannels live = TINYC_TRY(live_channels(graph, context));
  std::vector<Layer> layers = prunable_layers(graph, live, *pattern);
  if (layers.empty())
    return Error("TC5045", "prune", "no layer has weights that go by the pattern " + name, "use --prune-pattern unstructured");
  TINYC_TRY(Pruner(graph, context, std::move(layers), ratio).run());
  return Changed::yes;
}

}  // namespace

const Pass& prune_second_order() {
  static const Pass pass{{.name = "prune-second-order",
                          .summary = "sets to zero the weights that the others can best make up for over the samples",
                          .stages = {Stage::canonical},
                          .options = {{"ratio", 0.5, "share of the prunable weights that shall be zero, in [0, 1)"},
                                      {"pattern", std::string("unstructured"), "what goes together: unstructured, block4x2, block4x4"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
