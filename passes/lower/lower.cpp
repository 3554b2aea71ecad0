// Asks every operator for its kernel calls, in the graph's order, then places the activations.

#include "passes/lower/lower.h"

#include <algorithm>
#include <limits>

#include "lib/support/text.h"
#include "passes/lower/place.h"

namespace tinyc {
namespace {

Result<std::vector<KernelCall>> calls_of(const NodeView& node, const CoreFeatures& features) {
  if (node.op.is_view) return std::vector<KernelCall>{};
  if (!node.op.lower)
    return node.error("TC3101", std::string(node.op.name) + " has no kernel: " + std::string(node.op.lower.reason()));
  auto calls = TINYC_TRY((*node.op.lower)(node, features));
  if (calls.empty())
    TINYC_CHECK(node.results.size() == 1 && node.has(0) && node.operand(0).bytes() == node.result().bytes(),
                "'" + std::string(node.name) + "' has no kernel call, so it is a view of its first operand");
  return calls;
}

}  // namespace

Result<CompiledModel> lower(Graph graph, const CoreFeatures& features, const LowerOptions& options) {
  TINYC_CHECK(graph.stage == Stage::quantized || graph.stage == Stage::planned, "a quantized graph to lower");
  CompiledModel model;
  model.graph = std::move(graph);
  model.graph.stage = Stage::planned;
  model.features = features;
  model.target = options.target;
  model.external_input = options.external_input;

  std::vector<Diagnostic> blockers;
  for (const NodeId id : model.graph.nodes()) {
    const NodeView node = view(model.graph, id);
    auto calls = calls_of(node, features);
    if (calls.ok())
      model.layers.push_back({id, std::string(node.name), std::move(*calls)});
    else
      blockers.insert(blockers.end(), calls.error().diagnostics().begin(), calls.error().diagnostics().end());
  }
  if (!blockers.empty()) return Error(std::move(blockers));

  place_activations(model);
  if (model.arena.peak.count > std::numeric_limits<std::int32_t>::max())
    return Error("TC8101", model.graph.name, "the activations need an arena of " + with_thousands(model.arena.peak.count) +
                                                 " bytes, more than a 32-bit address space holds");
  return model;
}

}  // namespace tinyc
