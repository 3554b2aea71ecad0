#pragma once
// Runs a batch of samples through the float interpreter, the int8 interpreter, or the emitted C on this machine.

#include <optional>

#include "apps/driver/harness.h"
#include "apps/driver/quantize_model.h"

namespace tinyc {

enum class Subject { float_graph, int8_graph, emitted_c };
std::string_view to_string(Subject subject);  // "float", "int8", "c"
std::optional<Subject> parse_subject(std::string_view text);

// What is run, and how it came to be: an ONNX model is quantized in memory for int8 and c, with the request's
// calibration data; a folder of compress holds its graph, quantized or float.
struct SubjectRequest {
  QuantizeRequest quantize;         // with the model
  std::optional<Subject> as = {};   // default: float for an ONNX model; for a folder what it holds
};

// A model that is ready to run.
struct RunnableModel {
  Model model;
  Subject subject = Subject::float_graph;
  Target target;
  std::vector<std::string> warnings;
};
// TC5009: float asked of a folder that holds the quantized graph, or int8 of one that holds a float graph.
Result<RunnableModel> prepare(const SubjectRequest& request);

// The sources of a quantized or float model: those of its folder, or, where it has none, the same emitted in memory.
Result<EmittedSources> sources_of(const Model& model, const Target& target);

// Every sample of a dataset in memory.
Samples all_samples(const Dataset& data);

// result[i] are the outputs of sample i, of the graph's own types. The data must fit the model's own graph.
Result<Samples> run_samples(
    const RunnableModel& model, const Dataset& data, int threads = 0,
    const std::function<void(std::string_view, std::int64_t, std::int64_t)>& progress = {});

struct RunRequest {
  SubjectRequest subject;
  DataRequest input;        // stored_integers in its options: outputs are the stored integers, too
};

struct NamedTensor {
  std::string name;
  Tensor tensor;  // N x the output's shape; N replaces a leading 1
};
struct RunOutcome {
  Subject subject = Subject::float_graph;
  std::int64_t samples = 0;
  std::vector<NamedTensor> outputs;
  std::vector<std::string> warnings;
};
Result<RunOutcome> run_model(const RunRequest& request);

// One tensor out of many of the same type; N replaces a leading 1 of the shape.
Tensor stack(const std::vector<Tensor>& samples);
// As real values, whatever the type says.
Tensor real_values(const Tensor& tensor, const Type& type);

}  // namespace tinyc
