#pragma once
// The parts of a mixed graph that are computed in float, and what that costs.

#include <vector>

#include "lib/ir/op_def.h"
#include "lib/support/units.h"

namespace tinyc {

// Float nodes that pass float values to each other, and the conversions at their border.
struct FloatIsland {
  std::vector<NodeId> nodes;        // in the order of execution
  std::vector<NodeId> conversions;  // dequantize before them, quantize after them; one between two islands is the first's
  Work work;                        // of the nodes
  Bytes parameter_bytes{0};         // their constants, as float
  Bytes activation_bytes{0};        // their results, as float
  std::int64_t converted = 0;       // elements
};

// In the order of their first nodes; none in a graph without int8 values, which is no mixed graph.
std::vector<FloatIsland> float_islands(const Graph& graph);

}  // namespace tinyc
