#pragma once
// Runs emitted C on this machine: what `--as c` means.

#include "apps/driver/harness.h"

namespace tinyc {

// result[i] are the outputs of sample i; samples and outputs are stored integers, of the graph's own types. TC6201
// when there is no C compiler, TC7010 when the sources do not compile, TC7011 when the program fails.
Result<Samples> run_on_host(const Graph& graph, const EmittedSources& sources, const Samples& samples);

}  // namespace tinyc
