#pragma once
// What a model costs on a target before any of it is measured; a float model as if it were quantized.

#include "apps/driver/quantize_model.h"
#include "lib/cost/estimate.h"
#include "lib/support/document.h"

namespace tinyc {

struct EstimateRequest {
  ModelRequest model;
  std::string target = "cortex-m4";
};

struct EstimateOutcome {
  std::string name, target, core;
  Estimate estimate;
};

Result<EstimateOutcome> estimate_model(const EstimateRequest& request);
Document to_document(const EstimateOutcome& outcome);

}  // namespace tinyc
