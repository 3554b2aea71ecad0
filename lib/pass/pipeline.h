#pragma once
// Pipelines as text, and their execution with observers.
//
//   pipeline := step (',' step)*
//   step     := name ['{' key '=' value (',' key '=' value)* '}'] | '(' pipeline ')*'
//   value    := item | '[' [item (',' item)*] ']'
//   item     := 1 | 0.5 | word | "quoted, with \" and \\"
//
// A group `(a, b)*` is repeated until none of its passes changes the graph; a warning when they never settle.

#include <chrono>

#include "lib/pass/pass.h"

namespace tinyc {

using PassTable = std::span<const Pass* const>;

struct PipelineStep {
  const Pass* pass = nullptr;        // nullptr: a group
  Attributes options = {};           // as written, defaults not filled in
  std::vector<PipelineStep> group = {};
};
using Pipeline = std::vector<PipelineStep>;

// A word that stands for several steps, e.g. canonicalize.
struct NamedPipeline {
  std::string_view name;
  std::string_view summary;
  std::string text;
};

// TC5020 for an unknown pass (with near matches), an unknown option or a value of the wrong kind, and for text
// that is not a pipeline. Names of `named` are replaced by the steps they stand for.
Result<Pipeline> parse_pipeline(std::string_view text, PassTable passes, std::span<const NamedPipeline> named = {});
// On one line; parses back to the same pipeline.
std::string print(const Pipeline& pipeline);
const Pass* find_pass(PassTable passes, std::string_view name);

// One per step of the pipeline text; the runs of a repeated step add up.
struct PassTiming {
  std::string pass;
  std::chrono::nanoseconds time{0};  // without verification and other observers
  bool changed = false;
  int runs = 0;
};

struct PipelineOptions {
  std::vector<std::string> dump_after = {};  // pass names; "*" for all
  std::function<void(std::string_view pass, const Graph&)> dump = {};
  std::function<void(const Pass&, const Graph&)> before = {};  // sees the graph that a pass is about to run on
  int stop_after = -1;                  // number of pass runs, repeated ones counted; -1: all
  std::vector<PassTiming>* timings = nullptr;
  bool check_claims = true;             // "unchanged" is checked against the printed graph's hash
};

// Refuses (TC5021) a pipeline in which a pass would meet a graph of the wrong stage; all of them at once.
Status check_stages(const Pipeline& pipeline, Stage stage);

// Checks the stages before anything runs. After every pass the graph gets the stage the pass leads to, and is
// verified.
Status run_pipeline(Graph& graph, const Pipeline& pipeline, PassContext& context, const PipelineOptions& options = {});

}  // namespace tinyc
