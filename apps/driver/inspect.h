#pragma once
// What a model consists of: operators, shapes, parameters, multiply-accumulates and activation bytes per layer.

#include "apps/driver/model.h"
#include "lib/cost/estimate.h"
#include "lib/support/document.h"

namespace tinyc {

struct InspectRequest {
  ModelRequest model;
  bool imported = false;  // as the file says, before canonicalization
};

struct TensorSummary {
  std::string name;
  Type type;
};

// A layer that an int8 model computes in float.
struct FloatLayer {
  std::string name, op;
  std::string reason;  // empty for a compiled model, whose report has it
  std::int64_t macs = 0;
};

struct InspectOutcome {
  std::string name;
  Stage stage = Stage::imported;
  std::map<std::string, std::string> metadata;
  std::vector<TensorSummary> inputs, outputs;
  std::vector<LayerWork> layers;
  std::vector<FloatLayer> float_layers;  // in the int8 model; of a float model what compress would leave in float
  std::int64_t macs = 0, parameters = 0;
  Bytes parameter_bytes{0};       // as int8 weights with int32 biases
  Bytes largest_activation{0};    // of one layer's output, as int8
};

Result<InspectOutcome> inspect(const InspectRequest& request);
Document to_document(const InspectOutcome& outcome);
Document to_document(const TensorSummary& tensor);

}  // namespace tinyc
