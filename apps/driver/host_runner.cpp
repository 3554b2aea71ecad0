#include "apps/driver/host_runner.h"

namespace tinyc {

Result<Samples> run_on_host(const Graph& graph, const EmittedSources& sources, const Samples& samples) {
  HarnessRun run = TINYC_TRY(run_harness(graph, sources, samples));
  if (!run.failure.empty()) return Error("TC7011", sources.prefix + ".c", "the emitted C failed on this machine: " + run.failure);
  return std::move(run.outputs);
}

}  // namespace tinyc
