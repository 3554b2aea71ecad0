#pragma once
// Writes graphs as ONNX models: a float graph as the float operators of ONNX, a quantized one with a
// QuantizeLinear and a DequantizeLinear (QDQ) after every node, on its inputs and for its constants.

#include <string>

#include "lib/ir/graph.h"
#include "lib/support/result.h"

namespace tinyc {

inline constexpr int written_opset = 17;

// A serialized ModelProto of opset written_opset. Inputs, outputs and nodes have the names and shapes they have in the
// graph; quantized inputs and outputs are float in the model, which quantizes them itself. What ONNX computes may
// differ from the integers of tinyc by the rounding of its QuantizeLinear: in one step, rarely.
// TC3110 for every node that has no form in ONNX, TC8104 for a model larger than protobuf allows.
Result<std::string> write_onnx(const Graph& graph);

// Whether a file that begins with these bytes is an ONNX model that tinyc wrote.
bool is_written_onnx(std::string_view head);

}  // namespace tinyc
