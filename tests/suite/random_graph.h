#pragma once
// Random quantized graphs over all int8 operators, as text.

#include <string>

#include "lib/support/rng.h"

namespace tinyc::test {

// About `layers` nodes on one or two inputs; every value that nobody reads is an output. The graph exercises odd
// sizes, padding, groups, dilation, left shifts, clamps, broadcasting and in-place chains.
std::string random_quantized_graph(Rng& rng, int layers);

// `layers` nodes that share nothing, each with an input and an output of its own, of the kinds and shapes that kernels are
// chosen by: convolutions of every kind, fully connected ones, pools, sums; weights of four bits, sparse ones, extremes.
std::string random_single_layers(Rng& rng, int layers);

}  // namespace tinyc::test
