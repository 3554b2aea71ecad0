#include "apps/driver/estimate_model.h"

#include "passes/lower/lower.h"

namespace tinyc {
namespace {

// The graph that would become C; ranges of random inputs stand in for those of real ones, which changes no kernel's work.
Result<Model> model_to_lower(const EstimateRequest& request) {
  Model model = TINYC_TRY(load_model(request.model));
  if (model.is_compiled()) return model;
  QuantizeRequest quantize;
  quantize.model = request.model;
  quantize.synthetic_samples = 1;
  QuantizeOutcome quantized = TINYC_TRY(quantize_model(quantize));
  return std::move(quantized.model);
}

Document to_document(const Range& range) {
  return Document::object().set("low", range.low).set("expected", range.expected).set("high", range.high);
}

Document to_document(const LayerEstimate& layer) {
  Document row = Document::object(), calls = Document::array();
  row.set("name", layer.layer.name).set("op", layer.layer.op).set("macs", layer.layer.work.macs);
  row.set("element_ops", layer.layer.work.element_ops + layer.layer.work.requantizations);
  row.set("instructions", to_document(layer.instructions)).set("cycles", to_document(layer.cycles)).set("fitted", layer.fitted);
  for (const EstimatedCall& call : layer.calls) {
    Document counts = Document::object(), item = Document::object();
    for (const Count& count : call.counts) counts.set(count.term, count.turns);
    calls.add(item.set("kernel", call.kernel).set("turns", std::move(counts)));
  }
  return row.set("calls", std::move(calls));
}

}  // namespace

Result<EstimateOutcome> estimate_model(const EstimateRequest& request) {
  const Target target = TINYC_TRY(find_target(request.target));
  Model model = TINYC_TRY(model_to_lower(request));
  const CompiledModel compiled = TINYC_TRY(lower(std::move(model.graph), core_features(*target.core)));
  return EstimateOutcome{model.prefix, std::string(target.name()), std::string(target.core->name),
                         estimate(compiled, *target.core)};
}

Document to_document(const EstimateOutcome& outcome) {
  Document document = Document::object();
  document.set("schema", "tinyc-estimate").set("schema_version", 1);
  document.set("name", outcome.name).set("target", outcome.target).set("core", outcome.core);
  document.set("instructions", to_document(outcome.estimate.instructions)).set("cycles", to_document(outcome.estimate.cycles));
  document.set("macs", outcome.estimate.macs).set("parameters", outcome.estimate.parameters);
  document.set("parameter_bytes", outcome.estimate.parameter_bytes.count);
  document.set("unfitted_kernels", Document::array_of(outcome.estimate.unfitted));
  Document layers = Document::array();
  for (const LayerEstimate& layer : outcome.estimate.layers) layers.add(to_document(layer));
  return document.set("layers", std::move(layers));
}

}  // namespace tinyc
