#pragma once
// Emitted sources of a quantized graph.

#include "apps/driver/harness.h"
#include "formats/c/emit.h"
#include "lib/support/rng.h"
#include "passes/lower/lower.h"
#include "tests/support/text_graphs.h"

namespace tinyc::test {

inline CompiledModel compiled(const Graph& graph, const LowerOptions& options = {}) {
  auto model = lower(graph, {}, options);
  if (!model.ok()) FAIL(model.error().to_string());
  return std::move(*model);
}

inline EmittedSources emitted(const CompiledModel& model, const std::string& prefix) {
  auto files = emit_c(model, {.prefix = prefix});
  if (!files.ok()) FAIL(files.error().to_string());
  return {prefix, std::move(*files)};
}

// Uniform over the full range of int8.
inline Samples random_samples(const Graph& graph, int count, std::uint64_t seed) {
  Rng rng(seed);
  Samples samples(static_cast<std::size_t>(count));
  for (auto& sample : samples) {
    for (const ValueId id : graph.inputs()) {
      Tensor& tensor = sample.emplace_back(graph.value(id).type().dtype, graph.value(id).type().shape);
      for (std::int8_t& value : tensor.mutable_data<std::int8_t>()) value = static_cast<std::int8_t>(rng.integer(-128, 127));
    }
  }
  return samples;
}

}  // namespace tinyc::test
