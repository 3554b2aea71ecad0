#include "lib/cost/estimate.h"

#include <algorithm>
#include <array>
#include <set>

#include "lib/support/check.h"

namespace tinyc {
namespace {

// Cycles at zero wait states, rounded by hand: executed instructions of emitted kernels as `tinyc verify` counts them,
// times cycles per instruction that the instruction timings of Arm's technical reference manuals suggest (M0+ 1.35,
// M3 1.5, M4 1.2, M33 1.05, M55 1.1) and measured ratios of whole benchmarks do (M7 and M85 against M4).
struct Coefficients {
  std::string_view core;
  double mac;            // convolution, all channels
  double depthwise_mac;
  double dense_mac;      // fully connected: every weight is read once
  double element;        // other arithmetic, per element
  double requantization;
  double call;           // per layer
  double float_mac, float_element;  // in float; without a floating-point unit by the compiler's library
};

constexpr std::array coefficients{
    Coefficients{"cortex-m0plus", 11.5, 14.0, 12.0, 14.0, 34.0, 200.0, 340.0, 380.0},
    Coefficients{"cortex-m23", 11.0, 13.0, 11.5, 13.0, 32.0, 200.0, 320.0, 360.0},
    Coefficients{"cortex-m3", 7.0, 9.0, 7.5, 9.0, 16.0, 150.0, 180.0, 200.0},
    Coefficients{"cortex-m4", 1.2, 2.5, 1.5, 5.0, 5.0, 120.0, 7.5, 25.0},
    Coefficients{"cortex-m7", 0.7, 1.5, 0.9, 3.0, 3.0, 80.0, 4.5, 15.0},
    Coefficients{"cortex-m33", 1.05, 2.2, 1.3, 4.5, 4.5, 110.0, 6.5, 22.0},
    Coefficients{"cortex-m55", 1.1, 2.3, 1.4, 4.5, 4.5, 100.0, 6.0, 20.0},
    Coefficients{"cortex-m85", 0.7, 1.5, 0.9, 3.0, 3.0, 80.0, 4.0, 14.0},
};

const Coefficients& coefficients_of(const Core& core) {
  const auto found = std::find_if(coefficients.begin(), coefficients.end(),
                                  [&](const Coefficients& c) { return c.core == core.name; });
  TINYC_CHECK(found != coefficients.end(), "every core has coefficients");
  return *found;
}

// Of what is float and will be quantized: as int8, biases as int32.
Bytes bytes_of(const Graph& graph, const Value& value) {
  const Type& type = value.type();
  if (!is_float(type.dtype) || graph.stage >= Stage::quantized) return Bytes(type.bytes());
  const bool bias = value.is_constant() && type.shape.rank() == 1;
  return Bytes(type.shape.elements() * (bias ? 4 : 1));
}

// Of a graph that is quantized: it reads or writes float, as conversions do.
bool is_float_layer(const Graph& graph, const Node& node) {
  if (graph.stage < Stage::quantized) return false;
  const auto real = [&](ValueId id) {
    return id.valid() && !graph.value(id).is_constant() && is_float(graph.value(id).type().dtype);
  };
  return std::any_of(node.operands().begin(), node.operands().end(), real) ||
         std::any_of(node.results().begin(), node.results().end(), real);
}

double cycles_of(const Graph& graph, const LayerWork& layer, const Node& node, const Coefficients& c) {
  if (node.op().is_view) return 0;
  const bool grouped = node.attributes().integer_or("groups", 1) > 1;
  const bool in_float = is_float_layer(graph, node);
  const bool dense = layer.op == "fully_connected" || layer.op == "matmul";
  const double mac = in_float ? c.float_mac : dense ? c.dense_mac : grouped ? c.depthwise_mac : c.mac;
  const double element = in_float ? c.float_element : c.element;
  return c.call + mac * static_cast<double>(layer.work.macs) + element * static_cast<double>(layer.work.element_ops) +
         c.requantization * static_cast<double>(layer.work.requantizations);
}

}  // namespace

std::vector<LayerWork> count_work(const Graph& graph) {
  std::vector<LayerWork> layers;
  std::set<ValueId> counted;
  for (const NodeId id : graph.nodes()) {
    const Node& node = graph.node(id);
    LayerWork layer{.node = id, .name = node.name(), .op = std::string(node.op().name)};
    layer.work = node.op().work(view(graph, id));
    for (const ValueId operand : node.operands()) {
      if (!operand.valid()) continue;
      const Value& value = graph.value(operand);
      if (!value.is_constant()) {
        layer.inputs.push_back(value.type().shape);
      } else if (counted.insert(operand).second) {
        layer.parameters += value.type().shape.elements();
        layer.parameter_bytes += bytes_of(graph, value);
      }
    }
    for (const ValueId result : node.results()) {
      layer.outputs.push_back(graph.value(result).type().shape);
      layer.output_bytes += bytes_of(graph, graph.value(result));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

Estimate estimate(const Graph& graph, const Target& target) {
  const Coefficients& c = coefficients_of(*target.core);
  Estimate result;
  for (LayerWork& layer : count_work(graph)) {
    const Cycles cycles(cycles_of(graph, layer, graph.node(layer.node), c));
    result.cycles += cycles;
    result.macs += layer.work.macs;
    result.parameters += layer.parameters;
    result.parameter_bytes += layer.parameter_bytes;
    result.layers.push_back({std::move(layer), cycles});
  }
  if (target.mcu && target.mcu->clock_mhz) result.latency_ms = result.cycles.count / (*target.mcu->clock_mhz * 1e3);
  return result;
}

}  // namespace tinyc
