#pragma once
// Runs a pipeline that may distill: who teaches, and whether what was learnt is kept.

#include "apps/driver/quantize_model.h"

namespace tinyc {

// As run_pipeline. A pass `distill` learns from the request's teacher or, without one, from the model before the first pass that
// compresses. What it learnt is kept when the pipeline's result agrees at least as often with the teacher on the samples held out
// as the result without that pass does, and is as near to it; otherwise that one is the graph.
Status run_taught(Graph& graph, const Pipeline& pipeline, PassContext& context, const QuantizeRequest& request);

}  // namespace tinyc
