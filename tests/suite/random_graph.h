#pragma once
// Random quantized graphs over all int8 operators, as text.

#include <string>

#include "lib/support/rng.h"

namespace tinyc::test {

// About `layers` nodes on one or two inputs; every value that nobody reads is an output. The graph exercises odd
// sizes, padding, groups, dilation, left shifts, clamps, broadcasting and in-place chains.
std::string random_quantized_graph(Rng& rng, int layers);

}  // namespace tinyc::test
