// equalize: gives the channels of an activation about the same range, so that one int8 scale serves them all.
//
//   %a = conv2d(%x, %w, %b);  %y = conv2d(%a, %v)     channel c of %a within 1, of the others within 8
//     ->  the weights and bias of channel c in %w and %b times 8, the weights in %v that read it divided by 8
//
// Weights have a scale per output channel, so that scaling one costs nothing there. It works through ReLUs, sums and pools;
// not through bounds other than zero. Factors are powers of two, at most 16; channels that are nearly nothing stay. When: on a canonical
// graph, before distillation, which learns ranges, and calibration. Nothing happens without real samples. After Nagel et al., "Data-Free Quantization Through Weight
// Equalization and Bias Correction" (2019), with observed ranges of activations for the ranges of weights.

#include <algorithm>
#include <cmath>
#include <mutex>

#include "lib/exec/interpreter.h"
#include "passes/compress/channel_classes.h"

namespace tinyc::passes {
namespace {

constexpr double largest_factor = 16, nearly_nothing = 1e-3;

using Ranges = std::vector<std::vector<float>>;  // by value index: the largest magnitude of each channel

Result<Ranges> observe(const Graph& graph, const std::vector<ChannelClass>& classes, const PassContext& context) {
  Ranges ranges(graph.value_bound());
  for (const ChannelClass& each : classes)
    for (const ValueId id : each.values) ranges[id.index].assign(static_cast<std::size_t>(each.channels), 0.0f);
  std::mutex mutex;
  BatchOptions options;
  options.threads = context.threads;
  if (context.progress)
    options.progress = [&](std::int64_t done, std::int64_t total) { context.progress("equalizing", done, total); };
  options.observer = [&](std::int64_t, ValueId id, const Tensor& tensor) {
    if (ranges[id.index].empty()) return;
    const auto values = tensor.data<float>();
    std::vector<float> own(ranges[id.index].size(), 0.0f);
    for (std::size_t i = 0; i < values.size(); ++i) own[i % own.size()] = std::max(own[i % own.size()], std::fabs(values[i]));
    const std::lock_guard lock(mutex);
    for (std::size_t c = 0; c < own.size(); ++c) ranges[id.index][c] = std::max(ranges[id.index][c], own[c]);
  };
  TINYC_TRY(run_batch(graph, *context.calibration, options));
  return ranges;
}

// The largest weight on each input channel of a layer, as a share of the layer's largest.
std::vector<double> weight_shares(const NodeView& node) {
  const auto values = node.constant(1)->data<float>();
  const auto inputs = static_cast<std::size_t>(node.constant(1)->shape()[node.constant(1)->shape().rank() - 1]);
  std::vector<double> shares(inputs, 0);
  for (std::size_t i = 0; i < values.size(); ++i) shares[i % inputs] = std::max<double>(shares[i % inputs], std::fabs(values[i]));
  const double largest = *std::max_element(shares.begin(), shares.end());
  for (double& share : shares) share = largest > 0 ? share / largest : 1;
  return shares;
}

// Of each channel; one where nothing is to be done. Weights of depthwise filters have a scale of their own per channel; those on
// the channels of other layers share one, so that both ranges become their geometric mean.
std::vector<float> factors_of(const Graph& graph, const ChannelClass& each, const Ranges& ranges) {
  std::vector<double> share(static_cast<std::size_t>(each.channels), 0);
  for (const ValueId id : each.values) {
    const auto& own = ranges[id.index];
    const double largest = own.empty() ? 0 : *std::max_element(own.begin(), own.end());
    if (!(largest > 0) || !std::isfinite(largest)) continue;
    for (std::size_t c = 0; c < share.size(); ++c) share[c] = std::max(share[c], own[c] / largest);
  }
  std::vector<double> weights;
  for (const NodeId id : each.consumers) {
    const NodeView node = view(graph, id);
    if (is_depthwise_layer(node)) continue;
    weights.resize(share.size(), 0);
    const auto own = weight_shares(node);
    for (std::size_t c = 0; c < weights.size(); ++c) weights[c] = std::max(weights[c], own[c]);
  }
  std::vector<float> factors;
  for (std::size_t c = 0; c < share.size(); ++c) {
    const bool live = share[c] > nearly_nothing && (weights.empty() || weights[c] > nearly_nothing);
    const double factor = weights.empty() ? 1 / share[c] : std::sqrt(weights[c] / share[c]);
    factors.push_back(live ? static_cast<float>(std::exp2(std::round(std::log2(std::clamp(factor, 1 / largest_factor, largest_factor))))) : 1.0f);
  }
  return factors;
}

// Multiplies the weights of output channel c, or of input channel c, with factor(c).
template <class F>
void scale_weights(Graph& graph, NodeId id, bool output, F&& factor) {
  const NodeView node = view(graph, id);
  const bool by_output = output || is_depthwise_layer(node);
  Tensor weights = *node.constant(1);
  const Shape shape = weights.shape();
  const auto inputs = static_cast<std::size_t>(shape[shape.rank() - 1]);
  const std::size_t depth = static_cast<std::size_t>(weights.elements() / shape[0]);
  const auto values = weights.mutable_data<float>();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factor(by_output ? i / depth : i % inputs);
  std::optional<Tensor> bias;
  if (output && node.has(2)) bias = *node.constant(2);
  if (bias)
    for (std::size_t c = 0; c < static_cast<std::size_t>(bias->elements()); ++c) bias->mutable_data<float>()[c] *= factor(c);
  const auto operands = node.operand_ids;
  graph.set_constant(operands[1], std::move(weights));
  if (bias) graph.set_constant(operands[2], *std::move(bias));
}

bool all_depthwise(const Graph& graph, const std::vector<NodeId>& nodes) {
  return std::all_of(nodes.begin(), nodes.end(), [&](NodeId id) { return is_depthwise_layer(view(graph, id)); });
}

Result<Changed> run(Graph& graph, PassContext& context) {
  if (!context.calibration || context.calibration->size() == 0 || context.calibration->is_synthetic()) return Changed::no;
  const std::vector<ChannelClass> classes = channel_classes(graph, false, false);
  if (classes.empty()) return Changed::no;
  const Ranges ranges = TINYC_TRY(observe(graph, classes, context));
  bool changed = false;
  for (const ChannelClass& each : classes) {
    if (context.options.integer("dense") == 0 && !all_depthwise(graph, each.consumers)) continue;
    const std::vector<float> factors = factors_of(graph, each, ranges);
    const auto scaled = std::count_if(factors.begin(), factors.end(), [](float factor) { return factor != 1; });
    if (scaled == 0) continue;
    changed = true;
    for (const NodeId id : each.producers) scale_weights(graph, id, true, [&](std::size_t c) { return factors[c]; });
    for (const NodeId id : each.consumers) scale_weights(graph, id, false, [&](std::size_t c) { return 1 / factors[c]; });
    context.note("equalize", graph.node(each.producers.front()).name(),
                 {{"channels", each.channels}, {"channels_scaled", static_cast<std::int64_t>(scaled)},
                  {"largest_factor", static_cast<double>(*std::max_element(factors.begin(), factors.end()))}});
  }
  return changed ? Changed::yes : Changed::no;
}

}  // namespace

const Pass& equalize() {
  static const Pass pass{{.name = "equalize",
                          .summary = "gives the channels of an activation about the same range over the calibration samples",
                          .stages = {Stage::canonical},
                          .options = {{"dense", std::int64_t{1}, "0: only where depthwise filters alone read the activation"}}},
                         run};
  return pass;
}

}  // namespace tinyc::passes
