#pragma once
// Decides where the activations of a lowered model live. Internal to passes/lower.

#include "passes/lower/streams.h"

namespace tinyc {

struct PlacementOutcome {
  Bytes peak;
  std::vector<std::int64_t> alive;  // bytes at every layer
  std::strong_ordering operator<=>(const PlacementOutcome& other) const;  // by the peak, then by the layers where most is alive
  bool operator==(const PlacementOutcome& other) const { return (*this <=> other) == 0; }
};

// What the arena would be. Without `thorough` overlaps are taken all or none.
PlacementOutcome try_placement(const CompiledModel& model, const std::vector<PlannedStream>& streams, bool thorough);

// Fills streams, buffers, arena, placements, copies and scratch_buffer of a model whose graph, layers and options are set.
void place_activations(CompiledModel& model, const std::vector<PlannedStream>& streams);

}  // namespace tinyc
