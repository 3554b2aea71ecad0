#include "apps/driver/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lib/support/check.h"
#include "lib/support/text.h"
#include "lib/support/version.h"

namespace tinyc {
namespace {

std::vector<TensorSummary> summaries(const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<TensorSummary> list;
  for (const ValueId id : values) list.push_back({graph.value(id).name(), graph.value(id).type()});
  return list;
}

// Of int8 weights, and of real ones: constants of more than one axis.
std::int64_t count_zeros(const Graph& graph) {
  std::int64_t zeros = 0;
  for (const ValueId id : graph.values()) {
    const Value& value = graph.value(id);
    if (!value.is_constant()) continue;
    const Tensor& tensor = value.constant();
    if (tensor.dtype() == DType::i8) zeros += std::ranges::count(tensor.data<std::int8_t>(), std::int8_t{0});
    if (tensor.dtype() == DType::f32 && tensor.shape().rank() > 1) zeros += std::ranges::count(tensor.data<float>(), 0.0f);
  }
  return zeros;
}

// Why the quantize pass left a layer in float, by the layer's name.
std::string float_reason(const std::vector<PassNote>& notes, std::string_view layer) {
  for (const PassNote& note : notes)
    if (note.pass == "quantize" && note.layer == layer && note.facts.has("float")) return note.facts.text("float");
  return {};
}

ReportIsland report_island(const Graph& graph, const FloatIsland& island, const Estimate& estimated,
                           const std::vector<PassNote>& notes) {
  ReportIsland report;
  report.cost = island;
  for (const NodeId id : island.nodes) {
    const Node& node = graph.node(id);
    report.layers.push_back({node.name(), std::string(node.op().name), float_reason(notes, node.name())});
  }
  const auto contains = [](const std::vector<NodeId>& nodes, NodeId id) {
    return std::find(nodes.begin(), nodes.end(), id) != nodes.end();
  };
  for (const LayerEstimate& layer : estimated.layers) {
    if (contains(island.nodes, layer.layer.node)) report.cycles += Cycles(layer.cycles.expected);
    if (contains(island.conversions, layer.layer.node)) report.conversion_cycles += Cycles(layer.cycles.expected);
  }
  return report;
}

Document to_document(const ReportIsland& island) {
  Document document = Document::object(), layers = Document::array();
  for (const ReportIsland::Layer& layer : island.layers) {
    Document row = Document::object();
    layers.add(row.set("name", layer.name).set("op", layer.op).set("reason", layer.reason));
  }
  document.set("layers", std::move(layers));
  document.set("macs", island.cost.work.macs).set("element_ops", island.cost.work.element_ops);
  document.set("parameter_bytes", island.cost.parameter_bytes.count).set("activation_bytes", island.cost.activation_bytes.count);
  document.set("estimated_cycles", island.cycles.count);
  document.set("conversions", static_cast<std::int64_t>(island.cost.conversions.size()));
  document.set("converted_elements", island.cost.converted);
  return document.set("estimated_conversion_cycles", island.conversion_cycles.count);
}

std::string islands_markdown(const Report& report) {
  TextTable islands({"island", "layers", "MACs", "other operations", "parameters (bytes)", "activations (bytes)", "estimated cycles",
                     "conversions", "converted elements", "estimated conversion cycles"});
  TextTable layers({"layer", "op", "island", "why it is float"});
  for (std::size_t i = 0; i < report.islands.size(); ++i) {
    const ReportIsland& island = report.islands[i];
    const std::string number = std::to_string(i + 1);
    const auto rounded = [](const Cycles& cycles) { return with_thousands(static_cast<std::int64_t>(cycles.count)); };
    islands.add({number, std::to_string(island.layers.size()), with_thousands(island.cost.work.macs),
                 with_thousands(island.cost.work.element_ops), with_thousands(island.cost.parameter_bytes.count),
                 with_thousands(island.cost.activation_bytes.count), rounded(island.cycles),
                 std::to_string(island.cost.conversions.size()), with_thousands(island.cost.converted),
                 rounded(island.conversion_cycles)});
    for (const ReportIsland::Layer& layer : island.layers) layers.add({layer.name, layer.op, number, layer.reason});
  }
  return "\n## Float islands\n\nThese layers are computed in float, the values at their border are converted.\n\n" +
         islands.markdown() + "\n" + layers.markdown();
}

Document to_document(const Attribute& value) {
  struct Visitor {
    Document operator()(std::int64_t number) const { return number; }
    Document operator()(double number) const { return number; }
    Document operator()(const std::string& text) const { return text; }
    Document operator()(const std::vector<std::int64_t>& list) const { return Document::array_of(list); }
    Document operator()(const std::vector<double>& list) const { return Document::array_of(list); }
    Document operator()(const std::vector<std::string>& list) const { return Document::array_of(list); }
    Document operator()(const Tensor& tensor) const { return tensor.shape().to_string(); }
  };
  return std::visit(Visitor{}, value);
}

Document to_document(const ReportLayer& layer) {
  const LayerWork& work = layer.estimate.layer;
  Document row = Document::object();
  row.set("name", work.name).set("op", work.op);
  row.set("kernels", Document::array_of(layer.kernels)).set("reason", layer.reason);
  Document shapes = Document::array();
  for (const Shape& shape : work.outputs) shapes.add(Document::array_of(shape.sizes()));
  row.set("output_shapes", std::move(shapes));
  row.set("macs", work.work.macs).set("requantizations", work.work.requantizations).set("parameters", work.parameters);
  row.set("table_bytes", layer.table_bytes).set("scratch_bytes", layer.scratch_bytes);
  row.set("output_bytes", work.output_bytes.count);
  row.set("output_offset_bytes", layer.output_offset_bytes < 0 ? Document() : Document(layer.output_offset_bytes));
  return row.set("estimated_cycles", layer.estimate.cycles.expected);
}

Document arena_document(const Report& report) {
  Document arena = Document::object(), buffers = Document::array(), streams = Document::array();
  arena.set("peak_bytes", report.arena_bytes.count).set("lower_bound_bytes", report.arena_lower_bound_bytes.count);
  arena.set("gap", report.arena_gap);
  for (const ArenaBuffer& buffer : report.arena) {
    Document row = Document::object();
    row.set("holds", buffer.holds).set("offset_bytes", buffer.offset).set("size_bytes", buffer.bytes);
    buffers.add(row.set("first_layer", buffer.first).set("last_layer", buffer.last));
  }
  for (const ReportStream& stream : report.streams) {
    Document row = Document::object();
    streams.add(row.set("layers", Document::array_of(stream.layers)).set("rows", stream.rows).set("steps", stream.steps));
  }
  return arena.set("buffers", std::move(buffers)).set("streams", std::move(streams));
}

// The buffers alive at the layers where most is, and the layers that run together.
std::string arena_markdown(const Report& report) {
  std::string text = fmt::format("\n## Arena\n\n{}. [The arena over time](arena.svg).\n\n", report.arena_gap);
  for (const ReportStream& stream : report.streams)
    text += fmt::format("In bands of rows, {} of the last one in each of {} steps: {}.\n\n", stream.rows, stream.steps, join(stream.layers, ", "));
  std::int64_t most = -1;
  int at = 0;
  for (const ArenaBuffer& candidate : report.arena) {
    std::int64_t alive = 0;
    for (const ArenaBuffer& buffer : report.arena)
      if (buffer.first <= candidate.first && candidate.first <= buffer.last) alive += buffer.bytes;
    if (alive > most) most = alive, at = candidate.first;
  }
  TextTable alive({"where most is alive", "bytes", "offset"});
  for (const ArenaBuffer& buffer : report.arena)
    if (buffer.first <= at && at <= buffer.last) alive.add({buffer.holds, with_thousands(buffer.bytes), with_thousands(buffer.offset)});
  return text + alive.markdown();
}

std::string kernel_names(const ReportLayer& layer) {
  return layer.kernels.empty() ? "(view)" : join(layer.kernels, ", ");
}

std::string facts_of(const PassNote& note) {
  std::vector<std::string> facts;
  for (const auto& [name, value] : note.facts) {
    struct Visitor {
      std::string operator()(std::int64_t number) const { return std::to_string(number); }
      std::string operator()(double number) const { return fmt::format("{:.6g}", number); }
      std::string operator()(const std::string& text) const { return text; }
      std::string operator()(const std::vector<std::int64_t>& list) const { return fmt::format("[{}]", fmt::join(list, ", ")); }
      std::string operator()(const std::vector<double>& list) const { return fmt::format("[{}]", fmt::join(list, ", ")); }
      std::string operator()(const std::vector<std::string>& list) const { return fmt::format("[{}]", fmt::join(list, ", ")); }
      std::string operator()(const Tensor& tensor) const { return tensor.shape().to_string(); }
    };
    facts.push_back(name + " " + std::visit(Visitor{}, value));
  }
  return join(facts, ", ");
}

}  // namespace

Report make_report(const QuantizeOutcome& quantized, const CompiledModel& compiled, TargetEstimate cost, const std::string& name) {
  const Graph& graph = compiled.graph;
  Report report;
  report.name = name;
  report.target = quantized.target.name();
  report.core = quantized.target.core->name;
  report.arithmetic = arithmetic_of(graph);
  report.metadata = graph.metadata;
  report.inputs = summaries(graph, graph.inputs());
  report.outputs = summaries(graph, graph.outputs());
  report.calibration_samples = quantized.calibration_samples;
  report.calibration_is_synthetic = quantized.calibration_is_synthetic;
  report.notes = quantized.notes;
  report.warnings = quantized.warnings;
  report.external_input = compiled.external_input;
  report.arena_bytes = compiled.arena.peak;
  report.arena_lower_bound_bytes = compiled.arena.lower_bound;
  report.arena_gap = explain_gap(compiled.arena);
  report.arena = arena_buffers(compiled);
  for (const Stream& stream : compiled.streams) {
    ReportStream& row = report.streams.emplace_back();
    row.rows = stream.rows, row.steps = stream.steps;
    for (std::size_t i = stream.first; i <= stream.last; ++i) row.layers.push_back(compiled.layers[i].name);
  }

  Estimate& estimated = cost.estimate;
  report.macs = estimated.macs;
  report.parameters = estimated.parameters;
  report.zero_parameters = count_zeros(graph);
  for (const FloatIsland& island : float_islands(graph))
    report.islands.push_back(report_island(graph, island, estimated, report.notes));
  const std::vector<Bytes> tables = table_bytes(compiled);
  for (std::size_t i = 0; i < compiled.layers.size(); ++i) {
    ReportLayer layer;
    layer.estimate = std::move(estimated.layers[i]);
    const Node& node = graph.node(compiled.layers[i].node);
    TINYC_CHECK(compiled.layers[i].node == layer.estimate.layer.node, "layers are in the order of the nodes");
    for (const KernelCall& call : compiled.layers[i].calls) {
      layer.kernels.push_back(call.kernel);
      if (layer.reason.empty()) layer.reason = call.reason;
      layer.scratch_bytes = std::max(layer.scratch_bytes, call.scratch.count);
    }
    layer.table_bytes = tables[i].count;
    layer.output_offset_bytes = compiled.offset_of(node.results().front());
    report.table_bytes += Bytes(layer.table_bytes);
    report.layers.push_back(std::move(layer));
  }
  estimated.layers.clear();
  report.cost = std::move(cost);
  return report;
}

Document to_document(const Report& report) {
  Document document = Document::object();
  document.set("generator", fmt::format("Generated by tinyc {}", version()));
  document.set("schema", "tinyc-report").set("schema_version", report_schema_version);
  document.set("name", report.name).set("target", report.target).set("core", report.core);
  document.set("arithmetic", to_string(report.arithmetic));
  Document model = Document::object();
  for (const auto& [key, value] : report.metadata) model.set(key, value);
  document.set("model", std::move(model));
  Document inputs = Document::array(), outputs = Document::array();
  for (const TensorSummary& tensor : report.inputs) inputs.add(to_document(tensor));
  for (const TensorSummary& tensor : report.outputs) outputs.add(to_document(tensor));
  document.set("inputs", std::move(inputs)).set("outputs", std::move(outputs));
  Document calibration = Document::object();
  calibration.set("samples", report.calibration_samples).set("synthetic", report.calibration_is_synthetic);
  document.set("calibration", std::move(calibration));
  Document totals = Document::object();
  totals.set("macs", report.macs).set("parameters", report.parameters).set("zero_weights", report.zero_parameters);
  totals.set("table_bytes", report.table_bytes.count).set("arena_bytes", report.arena_bytes.count);
  totals.set("arena_lower_bound_bytes", report.arena_lower_bound_bytes.count);
  totals.set("input_in_arena", !report.external_input);
  document.set("totals", std::move(totals));
  Document estimated = Document::object();
  const CostFigures figures = report.cost.figures();
  estimated.set("calibrated", report.cost.estimate.unfitted.empty()).set("cycles", figures.at("cycles").expected);
  const auto latency = figures.find("latency_ms");
  estimated.set("latency_ms", latency != figures.end() ? Document(latency->second.expected) : Document());
  describe(report.cost, estimated);
  document.set("estimate", std::move(estimated));
  if (!report.budgets.empty()) document.set("budgets", to_document(report.budgets));
  Document layers = Document::array();
  for (const ReportLayer& layer : report.layers) layers.add(to_document(layer));
  document.set("layers", std::move(layers));
  Document islands = Document::array();
  for (const ReportIsland& island : report.islands) islands.add(to_document(island));
  document.set("float_islands", std::move(islands));
  Document notes = Document::array();
  for (const PassNote& note : report.notes) {
    Document row = Document::object();
    row.set("pass", note.pass).set("layer", note.layer);
    Document facts = Document::object();
    for (const auto& [key, value] : note.facts) facts.set(key, to_document(value));
    notes.add(row.set("facts", std::move(facts)));
  }
  document.set("passes", std::move(notes));
  document.set("arena", arena_document(report));
  document.set("warnings", Document::array_of(report.warnings));
  Document files = Document::array();
  for (const Report::File& file : report.files) {
    Document row = Document::object();
    files.add(row.set("name", file.name).set("size_bytes", file.bytes));
  }
  return document.set("files", std::move(files));
}

std::string to_markdown(const Report& report) {
  std::string text = fmt::format("<!-- Generated by tinyc {} -->\n# {} on {}\n\n", version(), report.name, report.target);
  for (const std::string& warning : report.warnings) text += fmt::format("> **Warning:** {}\n\n", warning);

  TextTable totals({"figure", "value"});
  totals.add({"multiply-accumulates", with_thousands(report.macs)});
  totals.add({"parameters", with_thousands(report.parameters)});
  totals.add({"arithmetic", std::string(to_string(report.arithmetic))});
  totals.add({"weights that are zero", with_thousands(report.zero_parameters)});
  totals.add({"constant tables (bytes)", with_thousands(report.table_bytes.count)});
  totals.add({report.external_input ? "arena (bytes, without the inputs)" : "arena (bytes, with the inputs)",
              with_thousands(report.arena_bytes.count)});
  totals.add({"arena, lower bound (bytes)", with_thousands(report.arena_lower_bound_bytes.count)});
  const auto with_band = [](const Range& range, double scale) {
    return fmt::format("{:.3g} ({:.3g} to {:.3g})", range.expected * scale, range.low * scale, range.high * scale);
  };
  const CostFigures figures = report.cost.figures();
  for (const auto& [name, range] : figures) totals.add({"estimated " + name, with_band(range, 1)});
  totals.add({"calibration samples", fmt::format("{}{}", report.calibration_samples,
                                                 report.calibration_is_synthetic ? " (synthetic)" : "")});
  text += totals.markdown() + (report.budgets.empty() ? "" : "\n## Budgets\n\n" + verdict_table(report.budgets)) + "\n## Interface\n\n";

  TextTable tensors({"tensor", "type", "bytes"});
  for (const TensorSummary& tensor : report.inputs)
    tensors.add({"input " + tensor.name, tensor.type.to_string(), with_thousands(tensor.type.bytes())});
  for (const TensorSummary& tensor : report.outputs)
    tensors.add({"output " + tensor.name, tensor.type.to_string(), with_thousands(tensor.type.bytes())});
  text += tensors.markdown() + "\n## Layers\n\n";

  TextTable layers({"layer", "op", "output", "kernel", "MACs", "tables (bytes)", "output (bytes)", "estimated cycles", "why this kernel"});
  for (const ReportLayer& layer : report.layers) {
    const LayerWork& work = layer.estimate.layer;
    layers.add({work.name, work.op, work.outputs.empty() ? "" : work.outputs.front().to_string(), kernel_names(layer),
                with_thousands(work.work.macs), with_thousands(layer.table_bytes), with_thousands(work.output_bytes.count),
                with_thousands(static_cast<std::int64_t>(layer.estimate.cycles.expected)), layer.reason});
  }
  text += layers.markdown();
  if (!report.islands.empty()) text += islands_markdown(report);
  text += arena_markdown(report);

  if (!report.notes.empty()) {
    TextTable notes({"pass", "layer", "facts"});
    for (const PassNote& note : report.notes) notes.add({note.pass, note.layer, facts_of(note)});
    text += "\n## Passes\n\n" + notes.markdown();
  }
  TextTable files({"file", "bytes"});
  for (const Report::File& file : report.files) files.add({file.name, with_thousands(file.bytes)});
  text += "\n## Files\n\n" + files.markdown() + "\n## Options and provenance\n\n";
  TextTable metadata({"key", "value"});
  for (const auto& [key, value] : report.metadata) metadata.add({key, value});
  return text + metadata.markdown();
}

}  // namespace tinyc
