// Any text as a graph; one that parses prints and parses to the same text.
#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/support/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto graph = tinyc::parse_graph({reinterpret_cast<const char*>(data), size}, tinyc::all_ops());
  if (!graph.ok()) return 0;
  const std::string text = tinyc::print(*graph);
  const auto again = tinyc::parse_graph(text, tinyc::all_ops());
  TINYC_CHECK(again.ok() && tinyc::print(*again) == text, "print and parse agree");
  return 0;
}
