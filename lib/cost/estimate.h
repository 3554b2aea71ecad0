#pragma once
// Cycles of a graph on a core: counts of work times coefficients per core. The coefficients
// are rounded by hand and not fitted to measured cycles, and every output that shows an estimate says so.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/support/units.h"
#include "lib/target/target.h"

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

struct LayerEstimate {
  LayerWork layer;
  Cycles cycles;
};

struct Estimate {
  std::vector<LayerEstimate> layers;
  Cycles cycles;
  std::int64_t macs = 0, parameters = 0;
  Bytes parameter_bytes{0};
  std::optional<double> latency_ms;  // when the target has a clock
  bool calibrated = false;
};

inline constexpr std::string_view uncalibrated_notice =
    "cycles are a first estimate, not calibrated against measurements: expect a factor of two";

Estimate estimate(const Graph& graph, const Target& target);

}  // namespace tinyc
