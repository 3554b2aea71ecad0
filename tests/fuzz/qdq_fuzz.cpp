// The whole way from a model to sources: canonical form, recognition of quantized graphs, calibration, quantization,
// lowering, emission.

#include "apps/driver/quantize_model.h"
#include "formats/c/emit.h"
#include "formats/onnx/reader.h"
#include "lib/ops/ops.h"
#include "lib/support/check.h"
#include "passes/lower/lower.h"
#include "tests/fuzz/small_graph.h"

namespace {

using namespace tinyc;

Status compile(Graph graph) {
  const auto samples = synthetic_dataset(graph, 2, 1);
  PassContext context;
  context.ops = all_ops();
  context.calibration = samples.get();
  context.threads = 1;
  const Pipeline pipeline = TINYC_TRY(pipeline_of({}, carries_quantization(graph)));
  TINYC_TRY(run_pipeline(graph, pipeline, context));
  const CompiledModel model = TINYC_TRY(lower(std::move(graph), {.dsp = true}));
  const auto files = TINYC_TRY(emit_c(model, {.prefix = "fuzz"}));
  TINYC_CHECK(!files.empty(), "sources");
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  OnnxReadOptions options;
  options.max_memory_bytes = 1 << 26;
  auto graph = read_onnx_bytes({reinterpret_cast<const char*>(data), size}, "/nonexistent", options);
  if (!graph.ok() || !is_small(*graph)) return 0;
  const Status compiled = compile(std::move(*graph));
  TINYC_CHECK(compiled.ok() || compiled.error().exit_code() != ExitCode::internal, compiled.error().to_string());
  return 0;
}

#include "tests/fuzz/model_mutator.h"
