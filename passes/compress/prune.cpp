// prune: sets the smallest weights to zero, by magnitude over the whole model, until `ratio` of the prunable
// weights are zero.
//
//   const %w = [0.9, -0.1, 0.2, -0.8]  ->  const %w = [0.9, 0.0, 0.0, -0.8]      (ratio=0.5)
//
// Prunable are the constant weights of convolutions and fully connected layers, not their biases. Of n such weights
// exactly max(floor(ratio * n), zeros that were there) are zero afterwards; of equal magnitudes the earlier one goes
// first. When: on a canonical graph, before calibration, so that ranges are those of the pruned model.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/pass/pass.h"
#include "lib/support/hash.h"
#include "lib/support/text.h"

namespace tinyc::passes {
namespace {

struct PrunableLayer {
  ValueId weights;
  std::string name;
  std::size_t first = 0;  // of its weights among all
  int channel_axis = 0;
};

// One entry per weight tensor, in the order of the nodes. A tensor that is anything but weights somewhere stays.
std::vector<PrunableLayer> prunable_layers(const Graph& graph) {
  std::vector<PrunableLayer> layers;
  std::vector<int> weight_uses(graph.value_bound(), 0);
  std::size_t total = 0;
  const auto for_each_weight = [&](auto&& f) {
    for (const NodeId id : graph.nodes()) {
      const NodeView node = view(graph, id);
      if (!node.op.quantization) continue;
      const QuantRule rule = (*node.op.quantization)(node);
      if (rule.weight < 0 || !node.constant(rule.weight) || node.operand(rule.weight).dtype != DType::f32) continue;
      f(node, rule);
    }
  };
  for_each_weight([&](const NodeView& node, const QuantRule& rule) {
    ++weight_uses[node.operand_ids[static_cast<std::size_t>(rule.weight)].index];
  });
  for_each_weight([&](const NodeView& node, const QuantRule& rule) {
    const ValueId weights = node.operand_ids[static_cast<std::size_t>(rule.weight)];
    const auto same = [&](const PrunableLayer& layer) { return layer.weights == weights; };
    const Value& value = graph.value(weights);
    const bool only_weights = weight_uses[weights.index] == static_cast<int>(value.uses().size()) && !graph.is_output(weights);
    if (!only_weights || std::any_of(layers.begin(), layers.end(), same)) return;
    layers.push_back({weights, std::string(node.name), total, rule.weight_axis});
    total += static_cast<std::size_t>(value.constant().elements());
  });
  return layers;
}

// floor(ratio * n) for a ratio that was meant as a decimal fraction: 0.29 * 100 is 29.
std::size_t target_zeros(double ratio, std::size_t n) {
  return static_cast<std::size_t>(std::floor(ratio * static_cast<double>(n) * (1 + 1e-12)));
}

// Which weights become zero: the `count` smallest magnitudes, the earlier one of two that are equal.
std::vector<bool> smallest(const std::vector<float>& magnitudes, std::size_t count) {
  std::vector<std::size_t> order(magnitudes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                   [&](std::size_t a, std::size_t b) {
                     return magnitudes[a] != magnitudes[b] ? magnitudes[a] < magnitudes[b] : a < b;
                   });
  std::vector<bool> chosen(magnitudes.size(), false);
  for (std::size_t i = 0; i < count; ++i) chosen[order[i]] = true;
  return chosen;
}

void report(const PassContext& context, const PrunableLayer& layer, const Tensor& weights) {
  const auto values = weights.data<float>();
  const auto channels = weights.shape()[layer.channel_axis];
  const auto inner = weights.shape().strides()[static_cast<std::size_t>(layer.channel_axis)];
  std::vector<std::int64_t> per_channel(static_cast<std::size_t>(channels), 0);
  Hasher mask;
  std::int64_t zeros = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const char zero = values[i] == 0;
    mask.bytes(&zero, 1);
    zeros += zero;
    per_channel[static_cast<std::size_t>(static_cast<std::int64_t>(i) / inner % channels)] += zero;
  }
  const auto total = static_cast<std::int64_t>(values.size());
  context.note("prune", layer.name,
               {{"weights", total}, {"zeros", zeros},
                {"sparsity", total > 0 ? static_cast<double>(zeros) / static_cast<double>(total) : 0.0},
                {"zeros_per_channel", std::move(per_channel)}, {"mask_hash", mask.hex()}});
}

Result<Changed> run(Graph& graph, PassContext& context) {
  const double ratio = context.options.real("ratio");
  if (!(ratio >= 0 && ratio < 1))
    return Error("TC5040", "prune", "the ratio " + shortest(ratio) + " is not in [0, 1)",
                 "give the share of weights to remove, such as 0.5");
  const std::vector<PrunableLayer> layers = prunable_layers(graph);
  if (layers.empty()) {
    context.warn("prune: the model has no convolution or fully connected layer with constant weights");
    return Changed::no;
  }
  std::vector<float> magnitudes;
  for (const PrunableLayer& layer : layers)
    for (const float w : graph.value(layer.weights).constant().data<float>()) magnitudes.push_back(std::fabs(w));
  const std::vector<bool> pruned = smallest(magnitudes, target_zeros(ratio, magnitudes.size()));

  bool changed = false;
  for (const PrunableLayer& layer : layers) {
    Tensor weights = graph.value(layer.weights).constant();
    const auto values = weights.mutable_data<float>();
    bool layer_changed = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!pruned[layer.first + i] || values[i] == 0) continue;
      values[i] = 0;
      layer_changed = true;
    }
    report(context, layer, weights);
    if (layer_changed) graph.set_constant(layer.weights, std::move(weights));
    changed = changed || layer_changed;
  }
  return changed ? Changed::yes : Changed::no;
}

}  // namespace

const Pass& prune() {
  static const Pass pass{{.name = "prune",
                          .summary = "sets the smallest weights of the whole model to zero",
                          .stages = {Stage::canonical},
                          .options = {{"ratio", 0.5, "share of the prunable weights that shall be zero, in [0, 1)"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
