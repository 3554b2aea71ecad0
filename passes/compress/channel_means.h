#pragma once
// Means of activations over the calibration samples.

#include <vector>

#include "lib/pass/pass.h"

namespace tinyc::passes {

// By value index, for the wanted real activations of a float graph: the mean of each channel (last axis) over all samples and
// positions. Empty for the others, and for all without real samples. The result does not depend on the number of threads.
Result<std::vector<std::vector<double>>> channel_means(const Graph& graph, const std::vector<bool>& wanted,
                                                       const PassContext& context);

}  // namespace tinyc::passes
