#pragma once
// Small quantized graphs as text.

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"

namespace tinyc::test {

inline Graph graph_of(std::string_view text) {
  auto graph = parse_graph(text, all_ops());
  if (!graph.ok()) FAIL(graph.error().to_string());
  return std::move(*graph);
}

}  // namespace tinyc::test
