#pragma once
// The canonicalization passes and the order in which they run.

#include "lib/pass/pipeline.h"

namespace tinyc {

PassTable canonicalize_passes();

// `canonicalize`: all of them but adopt-quantization, repeated until nothing changes; leaves a canonical graph.
NamedPipeline canonicalize_pipeline();

}  // namespace tinyc
