#pragma once
// Decides where the activations of a lowered model live. Internal to passes/lower.

#include "lib/plan/compiled_model.h"

namespace tinyc {

// Fills buffers, arena, placements, copies and scratch_buffer of a model whose graph, layers and options are set.
void place_activations(CompiledModel& model);

}  // namespace tinyc
