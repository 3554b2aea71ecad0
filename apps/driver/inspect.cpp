#include "apps/driver/inspect.h"

#include <algorithm>

#include "lib/cost/islands.h"
#include "passes/compress/precision.h"

namespace tinyc {
namespace {

Document shapes_of(const std::vector<Shape>& shapes) {
  Document list = Document::array();
  for (const Shape& shape : shapes) list.add(Document::array_of(shape.sizes()));
  return list;
}

std::vector<TensorSummary> summaries(const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<TensorSummary> list;
  for (const ValueId id : values) list.push_back({graph.value(id).name(), graph.value(id).type()});
  return list;
}

FloatLayer float_layer(const Graph& graph, NodeId id, std::string reason) {
  const NodeView node = view(graph, id);
  return {std::string(node.name), std::string(node.op.name), std::move(reason), node.op.work(node).macs};
}

// Nothing of a model that cannot be quantized, which compress explains.
std::vector<FloatLayer> float_layers(const Graph& graph) {
  std::vector<FloatLayer> layers;
  if (graph.stage >= Stage::quantized) {
    for (const FloatIsland& island : float_islands(graph))
      for (const NodeId id : island.nodes) layers.push_back(float_layer(graph, id, ""));
    return layers;
  }
  const auto plan = passes::plan_precision(graph, {});
  if (!plan.ok()) return layers;
  for (const NodeId id : graph.nodes())
    if (const auto& own = plan->at(id.index); own.precision == passes::Precision::real)
      layers.push_back(float_layer(graph, id, own.reason));
  return layers;
}

}  // namespace

Result<InspectOutcome> inspect(const InspectRequest& request) {
  const Model model = TINYC_TRY(request.imported ? load_model(request.model) : load_canonical_model(request.model));
  InspectOutcome outcome;
  outcome.name = model.prefix;
  outcome.stage = model.graph.stage;
  outcome.metadata = model.graph.metadata;
  outcome.inputs = summaries(model.graph, model.graph.inputs());
  outcome.outputs = summaries(model.graph, model.graph.outputs());
  outcome.layers = count_work(model.graph);
  if (!request.imported) outcome.float_layers = float_layers(model.graph);
  for (const LayerWork& layer : outcome.layers) {
    outcome.macs += layer.work.macs;
    outcome.parameters += layer.parameters;
    outcome.parameter_bytes += layer.parameter_bytes;
    outcome.largest_activation = std::max(outcome.largest_activation, layer.output_bytes);
  }
  return outcome;
}

Document to_document(const TensorSummary& tensor) {
  Document document = Document::object();
  document.set("name", tensor.name).set("dtype", to_string(tensor.type.dtype));
  document.set("shape", Document::array_of(tensor.type.shape.sizes()));
  if (tensor.type.quantization && tensor.type.quantization->is_per_tensor()) {
    document.set("scale", tensor.type.quantization->scale.front());
    document.set("zero_point", tensor.type.quantization->zero_point.front());
  }
  return document.set("size_bytes", tensor.type.bytes());
}

Document to_document(const InspectOutcome& outcome) {
  Document document = Document::object();
  document.set("schema", "tinyc-inspect").set("schema_version", 1);
  document.set("name", outcome.name).set("stage", to_string(outcome.stage));
  Document metadata = Document::object();
  for (const auto& [key, value] : outcome.metadata) metadata.set(key, value);
  document.set("metadata", std::move(metadata));
  Document inputs = Document::array(), outputs = Document::array(), layers = Document::array();
  for (const TensorSummary& tensor : outcome.inputs) inputs.add(to_document(tensor));
  for (const TensorSummary& tensor : outcome.outputs) outputs.add(to_document(tensor));
  for (const LayerWork& layer : outcome.layers) {
    Document row = Document::object();
    row.set("name", layer.name).set("op", layer.op);
    row.set("input_shapes", shapes_of(layer.inputs)).set("output_shapes", shapes_of(layer.outputs));
    row.set("parameters", layer.parameters).set("parameter_bytes", layer.parameter_bytes.count);
    row.set("macs", layer.work.macs).set("activation_bytes", layer.output_bytes.count);
    layers.add(std::move(row));
  }
  document.set("inputs", std::move(inputs)).set("outputs", std::move(outputs)).set("layers", std::move(layers));
  Document float_layers = Document::array();
  for (const FloatLayer& layer : outcome.float_layers) {
    Document row = Document::object();
    row.set("name", layer.name).set("op", layer.op).set("reason", layer.reason);
    float_layers.add(row.set("macs", layer.macs));
  }
  document.set("float_layers", std::move(float_layers));
  document.set("macs", outcome.macs).set("parameters", outcome.parameters);
  document.set("parameter_bytes", outcome.parameter_bytes.count);
  return document.set("largest_activation_bytes", outcome.largest_activation.count);
}

}  // namespace tinyc
