#pragma once
// Fits stored weights to what the float model computes.

#include <vector>

#include "lib/pass/pass.h"

namespace tinyc::passes {

inline constexpr int eight_bits = 127, four_bits = 7;  // the largest stored weight

// By node index, the largest stored weight as the options weight_bits and bits4 of the quantize pass have it. TC5043 for other
// bits than 8 and 4; TC5042 for a pattern that matches no layer with weights.
Result<std::vector<int>> weight_levels(const Graph& graph, const Attributes& options);

// Layer by layer on the calibration samples: weights by least squares from what the quantized graph's layer reads to what
// the float graph's layer computes, rounded to second order, biases for the means. Zeros stay zeros, scales of 8-bit weights and
// of results stay, pinned weights stay. `real` is the graph from which `graph` was quantized, its nodes named by the same
// indices. Nothing happens without real samples.
Status fit_weights(const Graph& real, Graph& graph, const std::vector<int>& levels, const PassContext& context);

}  // namespace tinyc::passes
