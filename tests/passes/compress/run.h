#pragma once
// Runs a pipeline over a graph given as text.

#include <catch2/catch.hpp>
#include <string>

#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/pass/pipeline.h"
#include "passes/compress/passes.h"

namespace tinyc {

inline Graph graph_of(const std::string& text) {
  auto graph = parse_graph(text, all_ops());
  INFO((graph.ok() ? "" : graph.error().to_string()));
  REQUIRE(graph.ok());
  return std::move(*graph);
}

// What the passes leave behind besides the graph.
struct Trace {
  std::vector<PassNote> notes;
  std::vector<std::string> warnings;
};

inline Status transform(Graph& graph, const std::string& pipeline_text, const Dataset* data = nullptr,
                        Trace* trace = nullptr, int threads = 2) {
  PassContext context;
  context.ops = all_ops();
  context.calibration = data;
  context.threads = threads;
  if (trace) {
    context.notes = &trace->notes;
    context.warnings = &trace->warnings;
  }
  const Pipeline pipeline = TINYC_TRY(parse_pipeline(pipeline_text, compress_passes()));
  return run_pipeline(graph, pipeline, context);
}

inline void require_ok(const Status& status) {
  INFO((status.ok() ? "" : status.error().to_string()));
  REQUIRE(status.ok());
}

}  // namespace tinyc
