// Reads a model; one that is accepted must verify, survive printing and parsing, and, when it is small, run.

#include "formats/onnx/reader.h"
#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ir/verifier.h"
#include "lib/ops/ops.h"
#include "lib/support/check.h"
#include "tests/fuzz/small_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyc;
  OnnxReadOptions options;
  options.max_memory_bytes = 1 << 26;
  const auto graph = read_onnx_bytes({reinterpret_cast<const char*>(data), size}, "/nonexistent", options);
  if (!graph.ok()) {
    TINYC_CHECK(graph.error().exit_code() != ExitCode::internal, graph.error().to_string());
    return 0;
  }
  const Status valid = verify(*graph);
  TINYC_CHECK(valid.ok(), valid.error().to_string());
  const std::string text = print(*graph);
  const auto again = parse_graph(text, all_ops());
  TINYC_CHECK(again.ok() && print(*again) == text, "an imported graph survives printing and parsing");
  if (is_small(*graph)) {
    const auto outputs = run(*graph, synthetic_dataset(*graph, 1, 1)->sample(0));
    TINYC_CHECK(outputs.ok() || outputs.error().exit_code() != ExitCode::internal, "a run ends well or says why");
  }
  return 0;
}

#include "tests/fuzz/model_mutator.h"
