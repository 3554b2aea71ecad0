// fuse-functions: nodes that together compute each element of their result from one element of one value become a
// `function`, which quantizes to one table with one rounding.
//
//   %s = sigmoid(%x); %y = mul(%x, %s)   ->   %y = function(%x) {body="input %x: ..."}
//
// So do single nodes that are no table by themselves, such as 1 / x, and nodes over truth values or integers in between
// (comparisons, where, casts). When: on a calibrated graph, before quantize, with the same
// keep_float.

#include <algorithm>
#include <map>

#include "lib/ir/text_format.h"
#include "lib/pass/functions.h"
#include "lib/pass/pass.h"
#include "passes/compress/precision.h"

namespace tinyc::passes {
namespace {

// One node that quantize makes a table of as it is, or whose bounds cost less than a table.
bool suffices_alone(const Graph& graph, NodeId id, ValueId source) {
  const NodeView node = view(graph, id);
  if (node.op.name == "relu" || node.op.name == "clip") return true;
  return node.operand_ids.front() == source && node.op.quantization && (*node.op.quantization)(node).table;
}

struct Replacement {
  ValueId value, source;
  std::vector<Use> readers;
  Graph body;
  std::int64_t nodes;
};

Result<std::vector<Replacement>> find_replacements(const Graph& graph, OpTable ops,
                                                   const std::vector<std::string>& keep_float) {
  const auto stays = [&](NodeId step) {
    return std::any_of(keep_float.begin(), keep_float.end(),
                       [&](const std::string& pattern) { return matches(pattern, graph.node(step).name()); });
  };
  const Functions functions(graph);
  std::vector<Replacement> found;
  for (const NodeId id : graph.nodes()) {
    const ValueId value = graph.node(id).results().front();
    if (functions.source(value) == value || graph.value(value).type().dtype != DType::f32 || !functions.is_read(value))
      continue;
    const std::vector<NodeId> steps = functions.steps(value);
    if (steps.size() == 1 && suffices_alone(graph, steps.front(), functions.source(value))) continue;
    if (std::any_of(steps.begin(), steps.end(), stays)) continue;
    Graph body = TINYC_TRY(functions.body(value, ops));
    found.push_back({value, functions.source(value), functions.readers(value), std::move(body),
                     static_cast<std::int64_t>(steps.size())});
  }
  return found;
}

// The new value takes the name, the range and the prescribed parameters of the old one.
// `replaced` tells what became of earlier values.
Status replace(Graph& graph, PassContext& context, const Replacement& replacement,
               std::map<ValueId, ValueId>& replaced) {
  const ValueId old = replacement.value;
  const auto source = replaced.find(replacement.source);
  const NodeId id = graph.value(old).producer();
  const std::string name = graph.node(id).name(), value_name = graph.value(old).name();
  Builder builder(graph, context.ops);
  builder.insert_before(id);
  const ValueId fused =
      TINYC_TRY(builder.emit("function", name, {source == replaced.end() ? replacement.source : source->second},
                             {{"body", print(replacement.body)}}));
  replaced[old] = fused;
  graph.set_range(fused, graph.value(old).range());
  graph.set_pinned(fused, graph.value(old).pinned());
  for (const Use& use : replacement.readers) graph.set_operand(use.node, use.operand, fused);
  std::vector<ValueId> outputs = graph.outputs();
  std::replace(outputs.begin(), outputs.end(), old, fused);
  graph.set_outputs(std::move(outputs));
  graph.rename(old, value_name + "_steps");
  graph.rename(fused, value_name);
  context.note("fuse-functions", name, {{"nodes", replacement.nodes}});
  return {};
}

void erase_unread(Graph& graph) {
  const std::vector<NodeId> nodes = graph.nodes();
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    const auto& results = graph.node(*node).results();
    if (std::all_of(results.begin(), results.end(),
                    [&](ValueId result) { return graph.value(result).uses().empty() && !graph.is_output(result); }))
      graph.erase_node(*node);
  }
  graph.erase_unused_constants();
}

Result<Changed> run(Graph& graph, PassContext& context) {
  const auto& keep_float = std::get<std::vector<std::string>>(*context.options.find("keep_float"));
  const auto replacements = TINYC_TRY(find_replacements(graph, context.ops, keep_float));
  if (replacements.empty()) return Changed::no;
  std::map<ValueId, ValueId> replaced;
  for (const Replacement& replacement : replacements) TINYC_TRY(replace(graph, context, replacement, replaced));
  erase_unread(graph);
  return Changed::yes;
}

}  // namespace

const Pass& fuse_functions() {
  static const Pass pass{
      {.name = "fuse-functions",
       .summary = "makes nodes that compute a function of one element one table",
       .stages = {Stage::calibrated},
       .options = {{"keep_float", std::vector<std::string>{}, "names of layers to leave as they are, * any text"}}},
      run};
  return pass;
}

}  // namespace tinyc::passes
