#pragma once
// A pass test is text: the pipeline, the graph before, the graph after.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "apps/driver/pass_table.h"
#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"

namespace tinyc {

// A text without a `graph` line is of stage imported.
inline Graph graph_of(std::string text) {
  if (text.find("graph \"") == text.npos) text = "graph \"test\" stage=imported\n" + text;
  auto graph = parse_graph(text, all_ops());
  if (!graph.ok()) FAIL(graph.error().to_string() << "\n" << text);
  return *std::move(graph);
}

// An error, too, when a group of passes does not settle.
inline Status run_passes(Graph& graph, std::string_view pipeline) {
  std::vector<std::string> warnings;
  PassContext context;
  context.ops = all_ops();
  context.warnings = &warnings;
  TINYC_TRY(run_pipeline(graph, TINYC_TRY(parse_pipeline(pipeline, all_passes(), named_pipelines())), context));
  for (const std::string& warning : warnings)
    if (warning.starts_with("TC1021")) return Error("TC1021", "", warning);
  return {};
}

// Standard normal inputs.
inline std::vector<Tensor> random_inputs(const Graph& graph, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs()) {
    std::vector<double> values(static_cast<std::size_t>(graph.value(id).type().shape.elements()));
    for (double& value : values) value = rng.normal();
    inputs.push_back(Tensor::of<double>(graph.value(id).type().shape, values).cast(graph.value(id).type().dtype));
  }
  return inputs;
}

// Both graphs compute the same outputs, to `tolerance` of the largest one, for seeded random inputs.
inline void check_equivalent(const Graph& before, const Graph& after, double tolerance = 1e-5,
                             std::uint64_t samples = 3) {
  REQUIRE(before.outputs().size() == after.outputs().size());
  for (std::size_t i = 0; i < before.outputs().size(); ++i)
    CHECK(before.value(before.outputs()[i]).name() == after.value(after.outputs()[i]).name());
  for (std::uint64_t seed = 1; seed <= samples; ++seed) {
    const std::vector<Tensor> inputs = random_inputs(before, seed);
    const auto expected = run(before, inputs), actual = run(after, inputs);
    if (!expected.ok()) FAIL(expected.error().to_string());
    if (!actual.ok()) FAIL(actual.error().to_string());
    for (std::size_t i = 0; i < expected->size(); ++i) {
      REQUIRE((*actual)[i].shape() == (*expected)[i].shape());
      const std::vector<double> wanted = (*expected)[i].to_doubles(), got = (*actual)[i].to_doubles();
      double largest = 1e-6, error = 0;
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        largest = std::max(largest, std::fabs(wanted[k]));
        error = std::max(error, wanted[k] == got[k] ? 0 : std::fabs(wanted[k] - got[k]));
      }
      CHECK(error <= tolerance * largest);
    }
  }
}

// Runs the pipeline on `before` and compares what is printed with `after`, parsed and printed. Both compute the same.
inline void check_pass(std::string_view pipeline, const std::string& before, const std::string& after) {
  const Graph original = graph_of(before), expected = graph_of(after);
  Graph graph = original;
  const Status status = run_passes(graph, pipeline);
  if (!status.ok()) FAIL(status.error().to_string());
  CHECK(print(graph) == print(expected));
  check_equivalent(original, graph);
}

inline void check_pass_leaves(std::string_view pipeline, const std::string& graph) { check_pass(pipeline, graph, graph); }

}  // namespace tinyc
