#pragma once
// The second half of reading: a checked, flattened model becomes a graph.

#include "formats/onnx/model.h"
#include "lib/ir/graph.h"

namespace tinyc::onnx_format {

// `graph` is the model's, its nodes moved to `model`; takes the initializers' data out of it.
Result<Graph> import_graph(onnx::GraphProto& graph, const FlatModel& model, ExternalData& external,
                           const OnnxReadOptions& options);

}  // namespace tinyc::onnx_format
