#pragma once
// Decides where the activations of a lowered model live. Internal to passes/lower.

#include "passes/lower/streams.h"

namespace tinyc {

struct PlacementOutcome {
  Bytes peak;
  std::vector<std::int64_t> pressure;  // bytes alive at every layer, most first
  std::vector<std::int64_t> alive;     // and in the layers' order
  auto operator<=>(const PlacementOutcome&) const = default;
};

// What the arena would be. Without `thorough` overlaps are taken all or none.
PlacementOutcome try_placement(const CompiledModel& model, const std::vector<PlannedStream>& streams, bool thorough);

// Fills streams, buffers, arena, placements, copies and scratch_buffer of a model whose graph, layers and options are set.
void place_activations(CompiledModel& model, const std::vector<PlannedStream>& streams);

}  // namespace tinyc
