#include "passes/compress/real_inputs.h"

#include "lib/ir/op_def.h"

namespace tinyc::passes {
namespace {

// The reals that a value of stored integers stands for.
void make_real(Graph& graph, ValueId id) {
  const Type type = graph.value(id).type();
  Quantization pin = *type.quantization;
  if (type.dtype == DType::u8) pin.zero_point.front() -= 128;
  const float scale = pin.scale.front();
  const auto zero_point = static_cast<float>(pin.zero_point.front());
  graph.set_type(id, Type{DType::f32, type.shape});
  graph.set_range(id, Value::Range{scale * (-128 - zero_point), scale * (127 - zero_point)});
  graph.set_pinned(id, std::move(pin));
}

bool holds_integers(const Graph& graph, ValueId id) {
  const Type& type = graph.value(id).type();
  return (type.dtype == DType::i8 || type.dtype == DType::u8) && type.is_quantized() &&
         type.quantization->is_per_tensor();
}

}  // namespace

void make_inputs_real(Graph& graph) {
  for (const ValueId input : graph.inputs()) {
    if (!holds_integers(graph, input)) continue;
    graph.metadata["stored_input " + graph.value(input).name()] =
        std::string(to_string(graph.value(input).type().dtype));
    make_real(graph, input);
  }
  for (const NodeId id : std::vector(graph.nodes())) {
    if (graph.node(id).op().name == "dequantize") {
      const ValueId x = graph.node(id).operands().front(), y = graph.node(id).results().front();
      if (graph.value(x).type().dtype != DType::f32) continue;
      graph.replace_uses(y, x);
      graph.erase_node(id);
      continue;
    }
    if (graph.node(id).op().name == "quantize") continue;
    for (const ValueId result : std::vector(graph.node(id).results()))
      if (holds_integers(graph, result)) make_real(graph, result);
  }
}

}  // namespace tinyc::passes
