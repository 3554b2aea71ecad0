#pragma once
// What an inference costs on a core or a board before any of it is measured: the calls of a compiled model, priced by the
// core's model (core_model.h), layer by layer, with a band.

#include <optional>
#include <string>
#include <vector>

#include "lib/cost/core_model.h"
#include "lib/plan/compiled_model.h"
#include "lib/support/units.h"

namespace tinyc {

// What a node costs on any core, for tables. A float graph is counted as if it were quantized.
struct LayerWork {
  NodeId node;
  std::string name;  // the node's own
  std::string op;
  Work work = {};
  std::int64_t parameters = 0;    // elements of constant operands
  Bytes parameter_bytes{0};       // as int8 weights with int32 biases, or as stored once quantized
  Bytes output_bytes{0};          // as int8, or as stored once quantized
  std::vector<Shape> inputs = {}, outputs = {};  // of activations
};

// In the order of execution. Constants that several layers share count for the first.
std::vector<LayerWork> count_work(const Graph& graph);

struct EstimatedCall {
  std::string kernel;
  std::vector<Count> counts;  // empty for a kernel the model does not know
};

struct LayerEstimate {
  LayerWork layer;
  Range instructions = {}, cycles = {};  // without wait states
  double dense_share = 0;      // of the cycles, in kernels that multiply weights (WorkKind::dense)
  bool fitted = true;          // by the counts of its kernels, all of which were measured on this core
  std::vector<EstimatedCall> calls = {};
};

struct Estimate {
  std::vector<LayerEstimate> layers;
  Range instructions, cycles;  // of all layers; without wait states
  std::int64_t macs = 0, parameters = 0;
  Bytes parameter_bytes{0};
  std::vector<std::string> unfitted;  // kernels that were priced by their operator's work, each once
};

Estimate estimate(const CompiledModel& compiled, const Core& core);

// The share of the cycles in kernels that multiply weights.
double dense_share(const Estimate& estimate);

}  // namespace tinyc
