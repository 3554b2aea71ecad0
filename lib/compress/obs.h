#pragma once
// Second-order pruning: in which order the weights of a layer go, and what each costs, when those that stay make up for it. After
// Hassibi and Stork, "Optimal Brain Surgeon" (1993), and Frantar and Alistarh, "Optimal Brain Compression" (2022).

#include <cstdint>
#include <vector>

#include "lib/compress/moments.h"

namespace tinyc {

// Outputs of a layer whose weights go together: in each group, the same columns of all of them.
struct PruneStrip {
  std::vector<std::size_t> outputs;
  std::vector<std::vector<std::size_t>> groups;  // columns, disjoint
};

// The groups in the order in which they go, each the cheapest at its turn; groups of zeros first. `losses[i]` is what the i-th
// adds to the mean squared error of the strip's outputs together.
struct PruneTrace {
  std::vector<std::size_t> order;
  std::vector<double> losses;
};

// One trace per strip, of at most `share` of its groups. `weights` is [outputs, depth] of the moments' group. Beyond a limit on
// work the costs are those of the first removals, not updated.
std::vector<PruneTrace> prune_traces(const Moments& moments, std::span<const float> weights, const std::vector<PruneStrip>& strips,
                                     double share, int threads);

}  // namespace tinyc
