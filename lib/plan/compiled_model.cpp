#include "lib/plan/compiled_model.h"

#include <algorithm>

#include "lib/support/check.h"

namespace tinyc {

std::string_view to_string(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::int8: return "int8";
    case Arithmetic::float32: return "float";
    case Arithmetic::mixed: return "mixed";
  }
  return "";
}

bool runs_on_integers(const NodeView& node) {
  const auto quantized = [](const Value* value) {
    return value && !value->is_constant() && value->type().is_quantized();
  };
  return std::any_of(node.operands.begin(), node.operands.end(), quantized) ||
         std::any_of(node.results.begin(), node.results.end(), quantized);
}

// Views and conversions belong to neither.
Arithmetic arithmetic_of(const Graph& graph) {
  bool integers = false, reals = false;
  for (const ValueId id : graph.inputs()) integers = integers || graph.value(id).type().is_quantized();
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const bool on_integers = runs_on_integers(node);
    integers = integers || on_integers;
    reals = reals || !(on_integers || node.op.is_view);
  }
  return integers ? reals ? Arithmetic::mixed : Arithmetic::int8 : Arithmetic::float32;
}

std::vector<bool> inexact_values(const Graph& graph) {
  std::vector<bool> inexact(graph.value_bound(), false);
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const auto is_real = [](const Value* value) { return value && is_float(value->type().dtype); };
    bool any = !runs_on_integers(node) && !node.op.is_view &&
               (std::any_of(node.operands.begin(), node.operands.end(), is_real) ||
                std::any_of(node.results.begin(), node.results.end(), is_real));
    for (const ValueId operand : node.operand_ids) any = any || (operand.valid() && inexact[operand.index]);
    for (const ValueId result : node.result_ids) inexact[result.index] = any;
  }
  return inexact;
}

std::vector<CompiledModel::RepeatedCall> CompiledModel::executed_calls(std::size_t layer) const {
  std::vector<RepeatedCall> executed;
  for (const KernelCall& call : layers[layer].calls) executed.push_back({&call, 1});
  const Stream* stream = stream_of(layer);
  if (!stream) return executed;
  const StreamedLayer& streamed = stream->layers[layer - stream->first];
  executed.front().times = streamed.end - streamed.begin;
  for (const auto* other : {&streamed.first, &streamed.last}) {
    if (!*other) continue;
    --executed.front().times;
    executed.push_back({&**other, 1});
  }
  return executed;
}

const Stream* CompiledModel::stream_of(std::size_t layer) const {
  for (const Stream& stream : streams)
    if (stream.first <= layer && layer <= stream.last) return &stream;
  return nullptr;
}

const Placement& CompiledModel::placement_of(ValueId value) const {
  const auto at = std::lower_bound(placements.begin(), placements.end(), value,
                                   [](const Placement& placement, ValueId id) { return placement.value < id; });
  TINYC_CHECK(at != placements.end() && at->value == value, "an activation that has a place");
  return *at;
}

std::int64_t CompiledModel::offset_of(ValueId value) const {
  const Placement& placement = placement_of(value);
  return placement.buffer < 0 ? -1 : arena.offset[static_cast<std::size_t>(placement.buffer)] + placement.at;
}

std::int64_t CompiledModel::scratch_offset(std::size_t layer) const {
  const int buffer = scratch_buffer.at(layer);
  return buffer < 0 ? -1 : arena.offset[static_cast<std::size_t>(buffer)];
}

}  // namespace tinyc
