#pragma once
// Flash and RAM of a compiled model before it is built.

#include "lib/cost/range.h"
#include "lib/plan/compiled_model.h"
#include "lib/support/units.h"

namespace tinyc {

// Constants that kernels read: tables, and constants among the inputs of a call, once each.
std::vector<Bytes> table_bytes(const CompiledModel& compiled);  // of each layer

struct MemoryEstimate {
  Range flash_bytes;  // tables, which are exact, and code
  Range ram_bytes;    // the arena, which is exact, and the stack
};

MemoryEstimate memory_of(const CompiledModel& compiled);

}  // namespace tinyc
