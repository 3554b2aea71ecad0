#pragma once
// Chooses the layers that run as streams. Internal to passes/lower.

#include "passes/lower/streams.h"

namespace tinyc {

// Streams that lower the arena, disjoint and in order, with their layers' calls made those of bands. By objective: time and
// balanced give up to a hundredth of the cycles (by rules of thumb) for it, ram any number, size none.
std::vector<PlannedStream> choose_streams(CompiledModel& model);

}  // namespace tinyc
