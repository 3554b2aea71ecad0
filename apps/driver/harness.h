#pragma once
// Compiles emitted sources together with the harness of lib/runtime/harness, for this machine or a Cortex-M under
// QEMU, and runs them on a batch of samples.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/ir/graph.h"
#include "lib/support/result.h"
#include "lib/target/target.h"

namespace tinyc {

// What emit_c wrote: file name -> text.
struct EmittedSources {
  std::string prefix;
  std::map<std::string, std::string> files;
};
// PREFIX.h, PREFIX.c, PREFIX_weights.c and tinyc_runtime.h of a folder. TC6001 names one that is missing.
Result<EmittedSources> read_sources(const std::string& folder, const std::string& prefix);

using Samples = std::vector<std::vector<Tensor>>;  // one tensor per graph input (or output) and sample

// What the emulator counts of a stretch of code (lib/runtime/harness/cycle_plugin.c).
struct Counts {
  std::int64_t instructions = 0;
  std::optional<std::int64_t> cycles;                     // without wait states, where the core's timing is known
  std::vector<std::pair<std::string, std::int64_t>> classes;  // instructions of each class
};

struct HarnessOptions {
  const Core* core = nullptr;               // nullptr: this machine
  bool count = false;                       // instructions and cycles; cores only
  bool laps = false;                        // counts apart for every trace point and what follows the last
  bool traced = false;                      // what every layer writes
  std::vector<std::string> flags = {};      // more compiler flags
  std::string c_compiler = "cc";            // of this machine
  int first_sample = 0;                     // the number of samples[0]: even ones run in the arena
};

// Bytes of the sections of the emitted sources; what the linker adds of the compiler's library is apart.
struct SectionSizes {
  std::int64_t text = 0, rodata = 0, data = 0, bss = 0;
  std::int64_t library = 0;
};

struct HarnessRun {
  std::string failure;      // empty: every sample ran; else what the harness saw, with the sample's number
  Samples outputs;          // of the samples that ran
  std::optional<SectionSizes> sections;
  std::int64_t arena_bytes = 0;
  std::optional<std::int64_t> stack_bytes;
  std::vector<Counts> counts;               // of each sample, or of each lap of the first one; empty when not counted
  std::string why_not_counted;
  struct Traced {
    int point;          // of trace_points()
    std::string bytes;  // of a streamed layer those of a band
  };
  std::vector<Traced> trace;                // what all layers of all samples wrote, when traced, in the order of the calls
};

// TC6201, TC6203 when a compiler, its library or QEMU is not installed; TC7010 when the sources do not compile; TC8110
// when the model is larger than the emulated board.
Result<HarnessRun> run_harness(const Graph& graph, const EmittedSources& sources, const Samples& samples,
                               const HarnessOptions& options = {});

}  // namespace tinyc
