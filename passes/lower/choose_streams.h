#pragma once
// Chooses the layers that run as streams. Internal to passes/lower.

#include "passes/lower/streams.h"

namespace tinyc {

// Streams that lower the arena, disjoint and in order, with their layers' calls made those of bands. They may cost `share` of the
// cycles (by rules of thumb); without it the objective decides: a hundredth for time and balanced, any number for ram, none for size.
std::vector<PlannedStream> choose_streams(CompiledModel& model, std::optional<double> share = {});

}  // namespace tinyc
