#pragma once
// Pipelines as text, and their execution with observers.
//
//   pipeline := step (',' step)*      step := name ['{' key '=' value (',' key '=' value)* '}']

#include <chrono>

#include "lib/pass/pass.h"

namespace tinyc {

using PassTable = std::span<const Pass* const>;

struct PipelineStep {
  const Pass* pass;
  Attributes options;  // as written, defaults not filled in
};
using Pipeline = std::vector<PipelineStep>;

// TC5020 for an unknown pass (with near matches), an unknown option or a value of the wrong kind.
Result<Pipeline> parse_pipeline(std::string_view text, PassTable passes);
std::string print(const Pipeline& pipeline);

struct PassTiming {
  std::string pass;
  std::chrono::nanoseconds time;
  bool changed;
};

struct PipelineOptions {
  std::vector<std::string> dump_after;  // pass names; "*" for all
  std::function<void(std::string_view pass, const Graph&)> dump;
  int stop_after = -1;                  // number of steps
  std::vector<PassTiming>* timings = nullptr;
  bool check_claims = true;             // "unchanged" is checked against the printed graph's hash
};

// Refuses at once (TC5021) a pipeline in which a pass would meet a graph of the wrong stage, before anything
// runs. After every pass the graph is verified.
Status run_pipeline(Graph& graph, const Pipeline& pipeline, PassContext& context, const PipelineOptions& options = {});

}  // namespace tinyc
