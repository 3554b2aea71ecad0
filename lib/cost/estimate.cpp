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
bool add_call(LayerEstimate& layer, const KernelCall& call, const CoreModel& model, bool dsp, double& dense_cycles, double times = 1) {
  auto counts = count_call(call, dsp);
  if (counts)
    for (Count& count : counts->counts) count.turns *= times;
  layer.calls.push_back({call.kernel, counts ? counts->counts : std::vector<Count>{}});
  const auto prediction = model.predict(call);
  if (!prediction) return false;
  layer.instructions += prediction->instructions * times;
  layer.cycles += prediction->cycles * times;
  if (counts->kind == WorkKind::dense) dense_cycles += prediction->cycles.expected * times;
  return true;
}

// A layer of a stream calls its kernel once a step, in the first and the last one perhaps with other sizes; its ring slides.
bool add_streamed(LayerEstimate& estimate, const CompiledLayer& layer, const StreamedLayer& streamed, const CoreModel& model, bool dsp,
                  double& dense_cycles) {
  const double between = static_cast<double>(streamed.end - streamed.begin - streamed.first.has_value() - streamed.last.has_value());
  bool known = true;
  for (const KernelCall& call : layer.calls) known = add_call(estimate, call, model, dsp, dense_cycles, between) && known;
  for (const auto* call : {&streamed.first, &streamed.last})
    if (*call) known = add_call(estimate, **call, model, dsp, dense_cycles) && known;
  if (const auto& ring = streamed.ring) {
    const KernelCall slide{.kernel = "tinyc_copy_rows_bytes", .params = {{"rows", ring->planes}, {"row_bytes", ring->bytes - ring->slide}}};
    add_call(estimate, slide, model, dsp, dense_cycles, between);
  }
  return known;
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
    const Stream* stream = compiled.stream_of(i);
    if (stream) {
      layer.fitted = add_streamed(layer, compiled.layers[i], stream->layers[i - stream->first], model, core.dsp, dense_cycles);
    } else {
      for (const KernelCall& call : compiled.layers[i].calls)
        layer.fitted = add_call(layer, call, model, core.dsp, dense_cycles) && layer.fitted;
    }
    for (const KernelCall& call : compiled.layers[i].calls)
      if (!layer.fitted && !model.predict(call) &&
          std::find(result.unfitted.begin(), result.unfitted.end(), call.kernel) == result.unfitted.end())
        result.unfitted.push_back(call.kernel);
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
