// Asks every operator for its kernel calls, in the graph's order, then places the activations.

#include "passes/lower/lower.h"

#include <algorithm>
#include <limits>

#include "lib/support/text.h"
#include "passes/lower/choose_streams.h"
#include "passes/lower/place.h"

namespace tinyc {
namespace {

Result<std::vector<KernelCall>> calls_of(const NodeView& node, const CoreFeatures& features) {
  if (node.op.is_view) return std::vector<KernelCall>{};
  const bool integers = runs_on_integers(node);
  const Answer<LowerFn>& answer = integers ? node.op.lower : node.op.lower_float;
  if (!answer)
    return node.error("TC3101", std::string(node.op.name) + " cannot become " + (integers ? "int8 C: " : "float C: ") +
                                    std::string(answer.reason()));
  auto calls = TINYC_TRY((*answer)(node, features));
  if (calls.empty())
    TINYC_CHECK(node.results.size() == 1 && node.has(0) && node.operand(0).bytes() == node.result().bytes(),
                "'" + std::string(node.name) + "' has no kernel call, so it is a view of its first operand");
  return calls;
}

// Results that no input reaches are constants. Canonicalization leaves those that are outputs of the graph.
Status fold_outputs(Graph& graph) {
  const std::vector<NodeId> nodes = graph.nodes();
  for (const NodeId id : nodes) {
    const NodeView node = view(graph, id);
    const auto is_constant = [](const Value* operand) { return !operand || operand->is_constant(); };
    if (!node.op.eval_float || runs_on_integers(node) || !std::ranges::all_of(node.operands, is_constant)) continue;
    std::vector<const Tensor*> in;
    std::vector<Tensor> out;
    for (const Value* operand : node.operands) in.push_back(operand ? &operand->constant() : nullptr);
    for (const Value* result : node.results) out.emplace_back(result->type().dtype, result->type().shape);
    TINYC_TRY((*node.op.eval_float)(node, in, out));
    const std::vector<ValueId> results = node.result_ids;
    std::vector<std::string> names;
    std::vector<ValueId> constants;
    for (std::size_t i = 0; i < results.size(); ++i) {
      names.push_back(graph.value(results[i]).name());
      constants.push_back(graph.add_constant(names.back(), std::move(out[i])));
      graph.replace_uses(results[i], constants.back());
    }
    graph.erase_node(id);
    for (std::size_t i = 0; i < results.size(); ++i) graph.rename(constants[i], names[i]);
  }
  graph.erase_unused_constants();
  return {};
}

// Kernels know single precision and integers, no other floating point.
std::vector<Diagnostic> values_without_c_type(const Graph& graph) {
  std::vector<Diagnostic> found;
  for (const ValueId id : graph.values()) {
    const Value& value = graph.value(id);
    const DType dtype = value.type().dtype;
    if (!is_float(dtype) || dtype == DType::f32) continue;
    found.push_back({"TC3012", value.name(), "a value of type " + std::string(to_string(dtype)) + " has no C type", "use f32"});
  }
  return found;
}

Status lower_layers(CompiledModel& model) {
  std::vector<Diagnostic> blockers = values_without_c_type(model.graph);
  for (const NodeId id : model.graph.nodes()) {
    const NodeView node = view(model.graph, id);
    auto calls = calls_of(node, model.features);
    if (calls.ok())
      model.layers.push_back({id, std::string(node.name), std::move(*calls)});
    else
      blockers.insert(blockers.end(), calls.error().diagnostics().begin(), calls.error().diagnostics().end());
  }
  if (!blockers.empty()) return Error(std::move(blockers));
  return {};
}

// Rows go into the first stream and nowhere else, and the caller's outputs are not there yet.
Status check_push_rows(const CompiledModel& model) {
  bool possible = model.graph.inputs().size() == 1 && !model.streams.empty() && model.streams.front().first == 0;
  const ValueId input = possible ? model.graph.inputs().front() : ValueId{};
  possible = possible && model.streams.front().feeds.size() == 1 && model.streams.front().feeds.front().value == input;
  for (const Use& use : possible ? model.graph.value(input).uses() : std::vector<Use>{})
    possible = possible && use.node == model.layers.front().node;
  if (possible) {
    for (const OutputCopy& copy : model.copies) possible = possible && !model.graph.is_input(copy.source);
    for (const StreamedLayer& layer : model.streams.front().layers)
      possible = possible && (layer.output.in_ring || model.placement_of(layer.output.place).output < 0);
  }
  if (possible) return {};
  return Error("TC3102", model.graph.name, "its first layers cannot take the input row by row",
               "leave out --push-rows: only convolutions and pools at the one input can");
}

// Streams as the objective allows; then, where that is not enough, as many cycles as it takes; then the kernels that need
// least memory.
Status fit_ram(CompiledModel& model, const LowerOptions& options) {
  const auto attempt = [&](std::optional<double> share) {
    CompiledModel tried = model;
    place_activations(tried, options.streams ? choose_streams(tried, share) : std::vector<PlannedStream>{});
    return tried;
  };
  CompiledModel best = attempt({});
  if (model.push_rows) TINYC_TRY(check_push_rows(best));
  const auto fits = [&] { return !options.max_ram || best.arena.peak <= *options.max_ram; };
  const auto consider = [&](CompiledModel tried) {
    if (tried.arena.peak < best.arena.peak) best = std::move(tried);
  };
  for (const double share : {0.03, 0.1, 0.3, 1.0})
    if (!fits()) consider(attempt(share));
  if (!fits() && model.features.objective != Objective::ram) {
    model.features.objective = Objective::ram;
    model.layers.clear();
    TINYC_TRY(lower_layers(model));
    consider(attempt(1.0));
  }
  model = std::move(best);
  if (fits()) return {};
  return Error("TC2101", model.graph.name,
               "the arena needs " + with_thousands(model.arena.peak.count) + " bytes, the limit is " +
                   with_thousands(options.max_ram->count) + " (lower bound of this plan: " + with_thousands(model.arena.lower_bound.count) + ")",
               model.external_input ? "prune channels, or choose a smaller model" : "keep the input out of the arena with --external-input");
}

}  // namespace

Result<CompiledModel> lower(Graph graph, const CoreFeatures& features, const LowerOptions& options) {
  TINYC_CHECK(graph.stage != Stage::imported, "a canonical graph to lower");
  TINYC_TRY(fold_outputs(graph));
  CompiledModel model;
  model.graph = std::move(graph);
  model.graph.stage = Stage::planned;
  model.features = features;
  model.target = options.target;
  model.external_input = options.external_input || options.push_rows;
  model.push_rows = options.push_rows;
  TINYC_TRY(lower_layers(model));
  TINYC_TRY(fit_ram(model, options));
  if (model.arena.peak.count > std::numeric_limits<std::int32_t>::max())
    return Error("TC8101", model.graph.name, "the activations need an arena of " + with_thousands(model.arena.peak.count) +
                                                 " bytes, more than a 32-bit address space holds");
  return model;
}

}  // namespace tinyc
