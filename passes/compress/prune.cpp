// prune: sets the smallest weights to zero, by magnitude over the whole model, until `ratio` of the prunable
// weights are zero.
//
//   const %w = [0.9, -0.1, 0.2, -0.8]  ->  const %w = [0.9, 0.0, 0.0, -0.8]      (ratio=0.5)
//
// Prunable are the constant weights of convolutions and fully connected layers, not their biases. Of n such weights
// exactly max(floor(ratio * n), zeros that were there) are zero afterwards; of equal magnitudes the earlier one goes
// first. With a pattern of blocks (prune_pattern.h), prunable is what has blocks, and blocks go by the mean of their squares, as
// many as floor(ratio * n) holds. When: on a canonical graph, before calibration, so that ranges are those of the pruned model.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/pass/pass.h"
#include "lib/support/hash.h"
#include "lib/support/text.h"
#include "passes/compress/prune_pattern.h"

namespace tinyc::passes {
namespace {

struct PrunableLayer {
  ValueId weights;
  std::string name;
  WeightGroups groups;
  std::size_t first = 0;  // of its groups among all
  int channel_axis = 0;
};

// One entry per weight tensor, in the order of the nodes. A tensor that is anything but weights somewhere stays.
std::vector<PrunableLayer> prunable_layers(const Graph& graph, PrunePattern pattern) {
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
    auto groups = weight_groups(node, rule.weight, pattern);
    if (!groups) return;
    const std::size_t first = total;
    total += groups->size();
    layers.push_back({weights, std::string(node.name), std::move(*groups), first, rule.weight_axis});
  });
  return layers;
}

// floor(ratio * n) for a ratio that was meant as a decimal fraction: 0.29 * 100 is 29.
std::size_t target_zeros(double ratio, std::size_t n) {
  return static_cast<std::size_t>(std::floor(ratio * static_cast<double>(n) * (1 + 1e-12)));
}

struct Group {
  double magnitude = 0;  // root of the mean square
  std::size_t size = 0;
};

std::vector<Group> groups_of(const Graph& graph, const std::vector<PrunableLayer>& layers) {
  std::vector<Group> groups;
  for (const PrunableLayer& layer : layers) {
    const auto weights = graph.value(layer.weights).constant().data<float>();
    for (std::size_t g = 0; g < layer.groups.size(); ++g) {
      const auto members = layer.groups[g];
      double sum = 0;
      for (const std::uint32_t i : members) sum += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
      groups.push_back({std::sqrt(sum / static_cast<double>(members.size())), members.size()});
    }
  }
  return groups;
}

// Which groups become zero: the smallest magnitudes as long as `count` weights hold them, the earlier one of two that are equal.
std::vector<bool> smallest(const std::vector<Group>& groups, std::size_t count) {
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return groups[a].magnitude < groups[b].magnitude; });
  std::vector<bool> chosen(groups.size(), false);
  std::size_t taken = 0;
  for (const std::size_t i : order) {
    taken += groups[i].size;
    if (taken > count) break;
    chosen[i] = true;
  }
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
  const std::string pattern_name = context.options.text("pattern");
  const auto pattern = parse_prune_pattern(pattern_name);
  if (!pattern)
    return Error("TC5040", "prune", "there is no pattern " + pattern_name, "choose unstructured, block4x2 or block4x4");
  const std::vector<PrunableLayer> layers = prunable_layers(graph, *pattern);
  if (layers.empty()) {
    context.warn("prune: the model has no convolution or fully connected layer with constant weights");
    return Changed::no;
  }
  const std::vector<Group> groups = groups_of(graph, layers);
  std::size_t total = 0;
  for (const Group& group : groups) total += group.size;
  const std::vector<bool> pruned = smallest(groups, target_zeros(ratio, total));

  bool changed = false;
  for (const PrunableLayer& layer : layers) {
    Tensor weights = graph.value(layer.weights).constant();
    const auto values = weights.mutable_data<float>();
    bool layer_changed = false;
    for (std::size_t g = 0; g < layer.groups.size(); ++g) {
      if (!pruned[layer.first + g]) continue;
      for (const std::uint32_t i : layer.groups[g]) {
        layer_changed = layer_changed || values[i] != 0;
        values[i] = 0;
      }
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
                          .options = {{"ratio", 0.5, "share of the prunable weights that shall be zero, in [0, 1)"},
                                      {"pattern", std::string("unstructured"),
                                       "unstructured, block4x2 or block4x4: output channels by inputs"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
