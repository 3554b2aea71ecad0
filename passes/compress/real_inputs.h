#pragma once
// Graph inputs of stored integers, which imported quantized models have.

#include "lib/ir/graph.h"

namespace tinyc::passes {

// An input that is quantized already, and what only moves its integers, become reals that are pinned to the same
// parameters; dequantize nodes on them go. The metadata `stored_input NAME` keeps the type the integers had.
void make_inputs_real(Graph& graph);

}  // namespace tinyc::passes
