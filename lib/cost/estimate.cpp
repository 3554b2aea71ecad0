#include "lib/cost/estimate.h"

#include <algorithm>
#include <set>

#include "lib/support/check.h"

namespace tinyc {
namespace {

// Of what is float and will be quantized: as int8, biases as int32.
Bytes bytes_of(const Graph& graph, const Value& value) {
  const Type& type = value.type();
  if (!is_float(type.dtype) || graph.stage >= Stage::quantized) return Bytes(type.bytes());
  const bool bias = value.is_constant() && type.shape.rank() == 1;
  return Bytes(type.shape.elements() * (bias ? 4 : 1));
}

// Adds what one call costs; false when the model does not know its kernel.
bool add_call(LayerEstimate& layer, const KernelCall& call, const CoreModel& model, bool dsp, double& dense_cycles) {
  const auto counts = count_call(call, dsp);
  layer.calls.push_back({call.kernel, counts ? counts->counts : std::vector<Count>{}});
  const auto prediction = model.predict(call);
  if (!prediction) return false;
  layer.instructions += prediction->instructions;
  layer.cycles += prediction->cycles;
  if (counts->kind == WorkKind::dense) dense_cycles += prediction->cycles.expected;
  return true;
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

Estimate estimate(const CompiledModel& compiled, const Core& core) {
  const CoreModel& model = CoreModel::of(core);
  Estimate result;
  std::vector<LayerWork> work = count_work(compiled.graph);
  TINYC_CHECK(work.size() == compiled.layers.size(), "every node is lowered");
  for (std::size_t i = 0; i < work.size(); ++i) {
    LayerEstimate layer{.layer = std::move(work[i])};
    double dense_cycles = 0;
    for (const KernelCall& call : compiled.layers[i].calls) {
      if (add_call(layer, call, model, core.dsp, dense_cycles)) continue;
      layer.fitted = false;
      if (std::find(result.unfitted.begin(), result.unfitted.end(), call.kernel) == result.unfitted.end())
        result.unfitted.push_back(call.kernel);
    }
    if (!layer.fitted) {
      const Prediction prediction = model.predict(layer.layer.work, !runs_on_integers(view(compiled.graph, layer.layer.node)));
      layer.instructions = prediction.instructions;
      layer.cycles = prediction.cycles;
      dense_cycles = layer.layer.work.macs > 0 ? layer.cycles.expected : 0;
    }
    if (layer.cycles.expected > 0) layer.dense_share = dense_cycles / layer.cycles.expected;
    result.instructions += layer.instructions;
    result.cycles += layer.cycles;
    result.macs += layer.layer.work.macs;
    result.parameters += layer.layer.parameters;
    result.parameter_bytes += layer.layer.parameter_bytes;
    result.layers.push_back(std::move(layer));
  }
  return result;
}

double dense_share(const Estimate& estimate) {
  double dense = 0;
  for (const LayerEstimate& layer : estimate.layers) dense += layer.dense_share * layer.cycles.expected;
  return estimate.cycles.expected > 0 ? dense / estimate.cycles.expected : 0;
}

}  // namespace tinyc
