#include "apps/driver/estimate_model.h"

namespace tinyc {

Result<EstimateOutcome> estimate_model(const EstimateRequest& request) {
  const Target target = TINYC_TRY(find_target(request.target));
  const Model model = TINYC_TRY(load_canonical_model(request.model));
  return EstimateOutcome{model.prefix, std::string(target.name()), std::string(target.core->name),
                         estimate(model.graph, target)};
}

Document to_document(const EstimateOutcome& outcome) {
  Document document = Document::object();
  document.set("schema", "tinyc-estimate").set("schema_version", 1);
  document.set("name", outcome.name).set("target", outcome.target).set("core", outcome.core);
  document.set("calibrated", outcome.estimate.calibrated).set("note", uncalibrated_notice);
  document.set("cycles", outcome.estimate.cycles.count);
  document.set("latency_ms", outcome.estimate.latency_ms ? Document(*outcome.estimate.latency_ms) : Document());
  document.set("macs", outcome.estimate.macs).set("parameters", outcome.estimate.parameters);
  document.set("parameter_bytes", outcome.estimate.parameter_bytes.count);
  Document layers = Document::array();
  for (const LayerEstimate& layer : outcome.estimate.layers) {
    Document row = Document::object();
    row.set("name", layer.layer.name).set("op", layer.layer.op).set("macs", layer.layer.work.macs);
    layers.add(row.set("cycles", layer.cycles.count));
  }
  return document.set("layers", std::move(layers));
}

}  // namespace tinyc
