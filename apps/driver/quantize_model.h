#pragma once
// From a float model to the graph that becomes C: import, canonicalize, [prune] and, unless it stays float, calibrate,
// quantize.

#include <functional>
#include <optional>

#include "apps/driver/model.h"
#include "formats/npy/dataset.h"
#include "lib/pass/pipeline.h"
#include "lib/target/target.h"

namespace tinyc {

// Data of the user's, or none.
struct DataRequest {
  std::string path;
  DataOptions options = {};
};

// The samples of a request for the inputs of a graph; folders may hold ONNX tensors.
Result<std::unique_ptr<Dataset>> load_data(const Graph& graph, const DataRequest& request);

// Distillation: on by default where weights are pruned or of four bits and there are samples enough.
struct DistillRequest {
  std::optional<int> epochs;  // wanted, whatever else; 0: as many as the work allows
  bool never = false;
  ModelRequest teacher;       // without a path: the model before it was pruned
  DataRequest data;           // more samples to learn from; without a path: none
};

struct QuantizeRequest {
  ModelRequest model;
  DataRequest calibration;         // without a path: synthetic samples, with a warning
  bool as_float = false;           // nothing is quantized, and calibration data serves the self-test alone
  bool requantize = false;         // a quantized model's own parameters give way to calibrated ones
  std::string calibration_method = "mse";  // lib/quant/observer.h
  bool int4_weights = false;       // 4-bit weights, depthwise filters apart; 8-bit activations
  double prune = 0;                // share of zeros, in [0, 1)
  std::string prune_pattern;       // of passes/compress/prune_pattern.h; empty: unstructured
  DistillRequest distill = {};
  std::vector<std::string> keep_float;  // names of layers to compute in float, * any text
  std::string target = "cortex-m4";
  Objective objective = Objective::balanced;  // of the kernels' choice
  std::string pipeline;            // replaces the default one
  std::int64_t synthetic_samples = 32;
  std::uint64_t seed = 1;
  int threads = 0;
  PipelineOptions observers = {};
  std::function<bool()> stop = {};  // asked by long passes: true ends them with the best so far
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress = {};
};

struct QuantizeOutcome {
  Model model;  // its graph is quantized, or canonical
  Target target;
  std::string pipeline;
  std::int64_t calibration_samples = 0;
  bool calibration_is_synthetic = false;
  std::unique_ptr<Dataset> calibration;  // for the inputs as they were in the float graph; null: none was needed
  std::vector<PassNote> notes;
  std::vector<std::string> warnings;
};

// The pipeline a request runs on a float model, or on one that is quantized already: its own, or the default. TC5005
// for a prune ratio outside [0, 1), TC5006 for what belongs into a pipeline of its own.
Result<Pipeline> pipeline_of(const QuantizeRequest& request, bool quantized = false);

Result<QuantizeOutcome> quantize_model(const QuantizeRequest& request);

}  // namespace tinyc
