#pragma once
// The harness's model.c for one emitted model. Internal to apps/driver.

#include <string>

#include "lib/ir/graph.h"

namespace tinyc {

// Buffers for the model's tensors and harness_run(), which calls PREFIX_run between the markers. With
// HARNESS_TRACED it compiles PREFIX.c itself, with a trace.
std::string model_glue(const Graph& graph, const std::string& prefix);

}  // namespace tinyc
