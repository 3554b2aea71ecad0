#pragma once
// Verifies emitted sources: compiles them for this machine and for Cortex-M cores, runs them (under QEMU) and
// compares every output with the interpreter's, which computes them at that moment: integers bit for bit, real numbers
// within float_tolerance of lib/plan/compiled_model.h.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apps/driver/harness.h"

namespace tinyc {

struct VerifyRequest {
  std::vector<std::string> on{"host"};  // "host", names of cores, "all"
  int samples = 16;                     // generated when no inputs are given; at least 2
  Samples inputs = {};                  // stored integers, of the graph's own types
  std::uint64_t seed = 1;
  bool layers = false;                  // count every layer of the first sample, in a second run
  int jobs = 2;                         // cores verified at the same time
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress = {};
};

enum class Verdict { identical, close, different, not_run };
// "identical", "within tolerance" (real numbers of a float model), "different", "not run"
std::string_view to_string(Verdict verdict);

// What one layer of an inference took; the inference's own entry and exit are the last row, without an operator.
struct LayerCounts {
  std::string name, op;
  std::int64_t macs = 0;
  std::int64_t instructions = 0;
  std::optional<std::int64_t> cycles;
};

struct CoreOutcome {
  std::string on;       // "host", "cortex-m4"
  Verdict verdict = Verdict::not_run;
  std::string message;  // what differs first, or why it did not run
  std::string remedy;   // what to do about it; may be empty
  std::string note;     // what the result means when the core was not itself emulated; what was not measured
  std::int64_t samples = 0;
  std::int64_t bytes_compared = 0;
  std::optional<double> largest_error;  // of real outputs, as a share of the output's largest magnitude
  // Measured on cores; unknown on the host.
  std::optional<SectionSizes> sections;
  std::optional<std::int64_t> flash_bytes;   // text + rodata of the emitted sources, library functions apart
  std::optional<std::int64_t> arena_bytes, stack_bytes;
  std::optional<std::int64_t> ram_bytes;     // arena + data + bss + stack
  std::optional<std::int64_t> instructions;  // of one inference, input in the arena: the mean, rounded
  std::optional<std::int64_t> most_instructions;
  std::optional<std::int64_t> cycles;  // the same; where the core's timing is published, without wait states
  std::vector<LayerCounts> layers;     // when asked for
};

struct VerifyOutcome {
  std::vector<CoreOutcome> cores;  // in the order of the request
  ExitCode exit_code() const;      // mismatch before io (something did not run) before ok
};

// The samples that a request means: half uniform over the full range, among them all -128 and all 127, the other
// half near the zero point. Real ones: zeros, ones, uniform in [-16, 16]; the other half normal. Other integers are 0 and 1.
Samples verification_inputs(const Graph& graph, int count, std::uint64_t seed);

// TC5010: an unknown core. TC6030: inputs that do not fit the model. What goes wrong on one core is its outcome.
Result<VerifyOutcome> verify_sources(const Graph& graph, const EmittedSources& sources, const VerifyRequest& request);

}  // namespace tinyc
