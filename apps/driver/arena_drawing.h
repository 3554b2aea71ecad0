#pragma once
// What lies where in the arena, and when: for the report.

#include <string>
#include <vector>

#include "lib/plan/compiled_model.h"

namespace tinyc {

struct ArenaBuffer {
  std::string holds;  // names of values, "rows of x" for a ring, "scratch"
  std::int64_t offset = 0, bytes = 0;
  int first = 0, last = 0;  // layers
};
std::vector<ArenaBuffer> arena_buffers(const CompiledModel& model);

// Why the peak is above the lower bound, in one sentence; that it is not, when it is not.
std::string explain_gap(const ArenaPlan& arena);

// A picture, SVG: layers to the right, the arena's bytes upwards, one rectangle for each buffer.
std::string arena_svg(const CompiledModel& model, const std::string& name);

}  // namespace tinyc
