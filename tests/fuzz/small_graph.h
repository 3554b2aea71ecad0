#pragma once

#include "lib/ir/graph.h"

namespace tinyc {

// Small enough to be run for every input of a fuzzer.
inline bool is_small(const Graph& graph) {
  std::int64_t elements = 0;
  for (const ValueId id : graph.values()) elements += graph.value(id).type().shape.elements();
  return elements < 10'000;
}

}  // namespace tinyc
