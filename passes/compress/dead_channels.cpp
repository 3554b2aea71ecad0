#include "passes/compress/dead_channels.h"

#include "lib/compress/dense_layer.h"
#include "lib/pass/pipeline.h"
#include "passes/compress/passes.h"

namespace tinyc::passes {

std::vector<bool> LiveChannels::weights(const NodeView& node, NodeId id) const {
  const DenseLayer dense = *DenseLayer::of(node);
  const auto count = static_cast<std::size_t>(node.constant(1)->elements());
  std::vector<bool> live(count, true);
  if (id.index >= layers_.size()) return live;
  const Layer& layer = layers_[id.index];
  const auto inputs = static_cast<std::size_t>(node.operand(1).shape[node.operand(1).shape.rank() - 1]);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t output = i / dense.depth, input = output / dense.outputs * inputs + i % inputs;
    if (!layer.outputs.empty()) live[i] = layer.outputs[output];
    if (!layer.inputs.empty()) live[i] = live[i] && layer.inputs[input];
  }
  return live;
}

Result<LiveChannels> live_channels(const Graph& graph, const PassContext& context) {
  Graph clone = graph;
  PassContext quiet = context;
  quiet.notes = nullptr;
  quiet.warnings = nullptr;
  const Pipeline calibrate = TINYC_TRY(parse_pipeline("calibrate{method=mse}", compress_passes()));
  const Pipeline quantize = TINYC_TRY(parse_pipeline("quantize{fit=0}", compress_passes()));
  TINYC_TRY(run_pipeline(clone, calibrate, quiet));
  LiveChannels live;
  // What cannot be quantized is reported where it shall be.
  if (!run_pipeline(clone, quantize, quiet).ok()) return live;
  const auto needed = TINYC_TRY(needed_channels(clone, context));
  live.layers_.resize(graph.node_bound());
  for (const NodeId id : graph.nodes()) {
    if (!clone.contains(id) || !DenseLayer::of(view(graph, id)) || !view(clone, id).operand(0).is_quantized()) continue;
    live.layers_[id.index] = {needed[clone.node(id).operands()[0].index], needed[clone.node(id).results()[0].index]};
  }
  return live;
}

}  // namespace tinyc::passes
