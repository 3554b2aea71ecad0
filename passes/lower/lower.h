#pragma once
// From a canonical graph, float or quantized, to a compiled model: the kernel calls of every node, and a place for
// every activation.

#include <optional>
#include <string>

#include "lib/ir/op_def.h"
#include "lib/plan/compiled_model.h"

namespace tinyc {

struct LowerOptions {
  std::string target = "cortex-m4";  // for the record; what matters is in CoreFeatures
  bool external_input = false;       // inputs have no place in the arena
  bool push_rows = false;            // the only input comes row by row and has no place in the arena
  bool streams = true;               // layers may run together, row by row, where that lowers the arena
  std::optional<Bytes> max_ram = {};  // of the arena: more cycles and flash are given up for it than the objective allows
};

// Before: a graph of stage canonical or later whose nodes all have kernels, of int8 where their activations are
// quantized, else of float. Results that no input reaches become constants. After: calls in the graph's order, some of
// them as streams (lib/plan/stream.h), views and in-place results share a place, outputs are written where the caller wants them. TC3101, one diagnostic per
// node, when nodes have no kernel; TC8101 when the arena would not fit an address space of 31 bits; TC3102 when
// push_rows finds no stream to feed; TC2101 when the arena exceeds max_ram whatever is given up.
Result<CompiledModel> lower(Graph graph, const CoreFeatures& features, const LowerOptions& options = {});

}  // namespace tinyc
