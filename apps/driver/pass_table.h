#pragma once
// Every pass tinyc has, and the named pipelines made of them.

#include "lib/pass/pipeline.h"

namespace tinyc {

// In the order in which they usually run.
PassTable all_passes();
std::span<const NamedPipeline> named_pipelines();

}  // namespace tinyc
