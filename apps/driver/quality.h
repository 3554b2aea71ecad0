#pragma once
// Gates: how near a compressed model must stay to the model it came from.

#include "apps/driver/quantize_model.h"
#include "lib/quant/metrics.h"

namespace tinyc {

struct QualityRequest {
  DataRequest data;    // without a path: the calibration samples
  std::string labels;  // class indices of its samples; may be empty
  std::optional<double> max_accuracy_drop;  // in points of top-1 accuracy; needs labels
  std::optional<double> min_agreement;      // in percent of the samples

  bool wanted() const { return !labels.empty() || max_accuracy_drop || min_agreement; }
};

// TC5017: a gate without what it needs, or out of range.
Status check_request(const QualityRequest& quality, const QuantizeRequest& quantize);

// Runs the compressed model next to the float one; a note "quality" with the figures. TC2030, TC2031: a gate is missed.
Result<PassNote> check_quality(const QualityRequest& quality, const QuantizeRequest& quantize, const QuantizeOutcome& outcome);

// One real tensor per sample, of the first output, by the interpreter.
Result<std::vector<Tensor>> first_results(const Graph& graph, const Dataset& data, const QuantizeRequest& options);

}  // namespace tinyc
