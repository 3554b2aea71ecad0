// The float interpreter, and float C on this machine, against the outputs of ONNX Runtime for trained models, which lie in a
// folder beside the repository; skipped when they are not there.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "apps/driver/host_runner.h"
#include "apps/driver/run.h"
#include "formats/npy/dataset.h"
#include "formats/npy/npy.h"
#include "formats/onnx/reader.h"
#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ir/verifier.h"
#include "lib/ops/ops.h"
#include "lib/support/files.h"
#include "tests/suite/shared_folder.h"
#include "tests/support/compressed.h"

namespace tinyc {
namespace {

struct Case {
  std::string model, inputs, outputs;
  double tolerance = 1e-4;  // times max(1, the largest magnitude)
  DataOptions data = {};
};

const std::string fidelity = "fidelity/";
Case seeded(const std::string& model) { return {model, fidelity + model + "_x", fidelity + model + "_y"}; }
Case trained(const std::string& model, const std::string& folder, DataOptions data = {}, double tolerance = 1e-4,
             const std::string& inputs = "eval_x") {
  return {model, folder + "/" + inputs, folder + "/ort_" + model, tolerance, data};
}

template <class T>
T checked(Result<T> result) {
  if (!result.ok()) FAIL(result.error().to_string());
  return std::move(result).value();
}

std::vector<double> reference(const std::filesystem::path& path, std::int64_t samples) {
  const auto arrays = checked(parse_arrays(checked(read_file(path.string())), path.string()));
  REQUIRE(arrays.front().tensor.shape()[0] == samples);
  return arrays.front().tensor.to_doubles();
}

std::size_t best(std::span<const double> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

// The outputs of the interpreter for the imported graph.
Samples interpreted(const std::filesystem::path& shared, const Case& c) {
  const Graph graph = checked(read_onnx(shared / "models" / (c.model + ".onnx")));
  const Status valid = verify(graph);
  if (!valid.ok()) FAIL(valid.error().to_string());
  const std::string text = print(graph);
  CHECK(print(checked(parse_graph(text, all_ops()))) == text);
  return checked(run_batch(graph, *checked(read_dataset(graph, (shared / "data" / (c.inputs + ".npy")).string(), c.data))));
}

// Those of its float C.
Samples run_as_float_c(const std::filesystem::path& shared, const Case& c) {
  CompressRequest request;
  request.quantize.model.path = (shared / "models" / (c.model + ".onnx")).string();
  request.precision = Precision::float32;
  request.name = "m";
  const test::Compressed model = test::compressed(request);
  const auto data = checked(read_dataset(model.graph, (shared / "data" / (c.inputs + ".npy")).string(), c.data));
  return checked(run_on_host(model.graph, model.sources, all_samples(*data)));
}

void check(const std::filesystem::path& shared, const Case& c, Samples (*run_model)(const std::filesystem::path&, const Case&)) {
  INFO(c.model);
  const Samples outputs = run_model(shared, c);
  const std::vector<double> expected = reference(shared / "data" / (c.outputs + ".npy"), static_cast<std::int64_t>(outputs.size()));
  double largest = 1, error = 0;
  std::size_t same = 0, at = 0;
  for (const auto& sample : outputs) {
    const std::vector<double> y = sample.front().to_doubles();
    REQUIRE(at + y.size() <= expected.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      largest = std::max(largest, std::fabs(expected[at + i]));
      error = std::max(error, std::isfinite(y[i]) ? std::fabs(y[i] - expected[at + i]) : INFINITY);
    }
    same += best(y) == best(std::span(expected).subspan(at, y.size()));
    at += y.size();
  }
  REQUIRE(at == expected.size());
  INFO("largest error " << error << ", largest magnitude " << largest);
  CHECK(error <= c.tolerance * largest);
  CHECK(same == outputs.size());
  if (std::getenv("TINYC_VERBOSE"))
    WARN(c.model << ": " << outputs.size() << " samples, error " << error << ", magnitude " << largest << ", top-1 " << same);
}

const DataOptions unit_range{1 / 255.0, 0, std::nullopt};

TEST_CASE("the five benchmark models agree with ONNX Runtime on every sample") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Case& c : {trained("kws", "kws"), trained("ic", "ic"), trained("vww", "vww", unit_range),
                        trained("ad", "ad", {}, 2e-4), trained("sww", "sww", {}, 1e-4, "calib_x"),
                        trained("ic_nhwc", "ic", {1, 0, DataLayout::nchw})})
    check(*shared, c, interpreted);
}

TEST_CASE("further models agree with ONNX Runtime") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Case& c :
       {trained("ad_alibaba_pruned_fp32", "ad", {}, 2e-4), trained("ecg5000_dsres1d_fp32", "ecg"),
        trained("har_st_cnn1d_keras_fp32", "har"), trained("mnist_cntk_opset8_fp32", "mnist"),
        trained("mnist_dsres_fp32", "mnist", unit_range), trained("mnist_lstm_fp32", "mnist", unit_range),
        trained("mobilenet_v1_0.25_128_imagenet_fp32", "imagenet128", {1 / 127.5, -1, std::nullopt}),
        seeded("arch_mobilenet_v2_0.35_96"), seeded("arch_squeezenet1.1_96"), seeded("squeezenet1.0_imagenet_fp32"),
        seeded("arch_tiny_yolov2_w0.25_208")})
    check(*shared, c, interpreted);
}

TEST_CASE("recurrent and other models as float C agree with ONNX Runtime") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Case& c :
       {trained("har_lstm2_torch_fp32", "har"), trained("kws_gru48_fp32", "kws"), trained("mnist_lstm_fp32", "mnist", unit_range),
        seeded("arch_deepspeech_n128_t50"), trained("kws", "kws"), trained("ecg5000_dsres1d_fp32", "ecg"),
        trained("har_transformer_fp32", "har")})
    check(*shared, c, run_as_float_c);
}

}  // namespace
}  // namespace tinyc
