// How well int8 models agree with their labels and with the float model: the digits that ship with the project, and
// the MLPerf Tiny models where they are at hand.

#include <algorithm>

#include "apps/driver/quantize_model.h"
#include "apps/driver/run.h"
#include "lib/quant/metrics.h"
#include "tests/suite/shared_folder.h"

namespace tinyc {
namespace {

template <class T>
T checked(Result<T> result) {
  if (!result.ok()) FAIL(result.error().to_string());
  return std::move(result).value();
}

// The first output of every sample as real numbers.
std::vector<Tensor> outputs_of(const std::string& model, const std::string& data, double scale, Subject subject) {
  RunRequest request;
  request.subject.quantize.model.path = model;
  request.subject.quantize.calibration = {data + "/calib_x.npy", {.scale = scale}};
  request.subject.as = subject;
  request.input = {data + "/eval_x.npy", {.scale = scale}};
  const RunnableModel runnable = checked(prepare(request.subject));
  const auto samples = checked(load_data(runnable.model.graph, request.input));
  const Type& type = runnable.model.graph.value(runnable.model.graph.outputs().front()).type();
  std::vector<Tensor> scores;
  for (const auto& outputs : checked(run_samples(runnable, *samples))) scores.push_back(real_values(outputs.front(), type));
  return scores;
}

struct Quality {
  double float_accuracy = 0, int8_accuracy = 0, agreement = 0;  // percent
  double sqnr_db = 0;
};

Quality quality_of(const std::string& model, const std::string& data, double scale = 1) {
  const auto labels = checked(read_labels(data + "/eval_y.npy"));
  const auto reference = outputs_of(model, data, scale, Subject::float_graph);
  const auto scores = outputs_of(model, data, scale, Subject::int8_graph);
  Sqnr sqnr;
  for (std::size_t i = 0; i < scores.size(); ++i) sqnr.add(scores[i], reference[i]);
  return {100 * top1_accuracy(reference, labels).fraction(), 100 * top1_accuracy(scores, labels).fraction(),
          100 * top1_agreement(scores, reference).fraction(), sqnr.decibels().value_or(0)};
}

// The area under the ROC curve of the mean squared reconstruction error per clip of 25 windows.
double anomaly_auc(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                   const std::vector<std::int64_t>& labels) {
  const std::size_t windows = outputs.size() / labels.size();
  std::vector<double> errors;
  for (std::size_t clip = 0; clip < labels.size(); ++clip) {
    Sqnr clip_error;
    for (std::size_t i = 0; i < windows; ++i) clip_error.add(outputs[clip * windows + i], inputs[clip * windows + i]);
    errors.push_back(clip_error.mean_squared_error());
  }
  double hits = 0, pairs = 0;
  for (std::size_t a = 0; a < labels.size(); ++a)
    for (std::size_t b = 0; b < labels.size(); ++b) {
      if (labels[a] == 0 || labels[b] != 0) continue;
      hits += errors[a] > errors[b] ? 1 : errors[a] == errors[b] ? 0.5 : 0;
      ++pairs;
    }
  return hits / pairs;
}

}  // namespace

TEST_CASE("the shipped models keep their accuracy in int8") {
  const std::string folder = std::string(TINYC_SOURCE_DIR) + "/testdata/";
  for (const auto& [model, least] : {std::pair("digits/digits.onnx", 98.0), std::pair("digits1d/digits1d.onnx", 97.0)}) {
    const Quality quality = quality_of(folder + model, folder + "digits");
    CAPTURE(model, quality.float_accuracy, quality.int8_accuracy, quality.agreement, quality.sqnr_db);
    CHECK(quality.int8_accuracy >= least);
    CHECK(quality.agreement >= 99);
    CHECK(quality.sqnr_db >= 30);
  }
}

TEST_CASE("the MLPerf Tiny classifiers keep their accuracy in int8") {
  const auto shared = shared_folder();
  if (!shared) return;
  struct Bar { const char* name; double scale, accuracy; };
  for (const Bar& bar : {Bar{"kws", 1, 89.0}, Bar{"ic", 1, 86.0}, Bar{"vww", 1 / 255.0, 83.0}}) {
    const Quality quality = quality_of((*shared / "models" / (std::string(bar.name) + ".onnx")).string(),
                                       (*shared / "data" / bar.name).string(), bar.scale);
    CAPTURE(bar.name, quality.float_accuracy, quality.int8_accuracy, quality.agreement, quality.sqnr_db);
    CHECK(quality.int8_accuracy >= bar.accuracy);
    CHECK(quality.agreement >= 97);
    CHECK(quality.sqnr_db >= 25);
  }
}

TEST_CASE("the anomaly detector keeps its AUC in int8") {
  const auto shared = shared_folder();
  if (!shared) return;
  const std::string data = (*shared / "data" / "ad").string(), model = (*shared / "models" / "ad.onnx").string();
  const Graph graph = checked(load_model({model, "", {}})).graph;
  const auto samples = checked(load_data(graph, {data + "/eval_x.npy", {}}));
  std::vector<Tensor> inputs;
  for (std::int64_t i = 0; i < samples->size(); ++i) inputs.push_back(samples->sample(i).front());
  const auto labels = checked(read_labels(data + "/eval_y.npy"));
  CHECK(anomaly_auc(outputs_of(model, data, 1, Subject::float_graph), inputs, labels) == Approx(0.925).margin(0.001));
  CHECK(anomaly_auc(outputs_of(model, data, 1, Subject::int8_graph), inputs, labels) >= 0.92);
}

}  // namespace tinyc
