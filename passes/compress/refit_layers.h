#pragma once
// Least squares for the weights that pruning leaves, on a canonical float graph.

#include <functional>
#include <string_view>
#include <vector>

#include "lib/compress/dense_layer.h"
#include "lib/compress/moments.h"
#include "lib/exec/layerwise.h"
#include "lib/pass/pass.h"

namespace tinyc::passes {

inline constexpr std::int64_t refit_bytes = std::int64_t{512} << 20;  // of activations at once

LayerInputs layer_inputs(const LayerwiseRun& run, const Graph& graph, NodeId layer);
std::span<const float> layer_weights(const Graph& graph, NodeId layer);

// The moments of a layer of `before`, on what it reads in both runs.
std::vector<SplitMoments> moments_of(const Graph& before, NodeId layer, const LayerInputs& read, const LayerInputs& wanted,
                                     std::size_t samples, int threads);

// Gives a layer the weights that fit best where `left` is not zero, and the bias that keeps the mean of its result. `choose`: with
// the ridge that does best on the odd samples; otherwise with a small one.
void refit_layer(Graph& graph, const Graph& before, NodeId layer, std::span<const SplitMoments> moments, std::span<const float> left,
                 bool choose, int threads);

// All layers, in the order of the graph, on what the layers before them yield in `graph`; left(i) are weights of `before` with zeros.
Status refit_layers(Graph& graph, const Graph& before, const std::vector<NodeId>& layers,
                    const std::function<std::vector<float>(std::size_t)>& left, const PassContext& context);

// The first output, before a softmax, of every sample of a run that goes on to there.
Result<std::vector<Tensor>> answers(LayerwiseRun run, const Graph& graph);
double squared_difference(const std::vector<Tensor>& a, const std::vector<Tensor>& b);

// TC6035, TC6036: samples that are too few, or all the same.
Status check_samples_to_prune(const Dataset& data);

}  // namespace tinyc::passes
