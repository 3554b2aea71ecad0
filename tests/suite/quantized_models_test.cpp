// Models that were quantized elsewhere, against what ONNX Runtime computes of them; they lie in a folder beside the
// repository. Skipped when they are not there.

#include <algorithm>

#include "apps/driver/quantize_model.h"
#include "apps/driver/run.h"
#include "formats/npy/npy.h"
#include "lib/support/files.h"
#include "tests/suite/shared_folder.h"

namespace tinyc {
namespace {

template <class T>
T checked(Result<T> result) {
  if (!result.ok()) FAIL(result.error().to_string());
  return std::move(result).value();
}

struct Case {
  std::string model, inputs, outputs;
  DataOptions data = {};
};

std::size_t best(std::span<const double> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

// Samples on which both find the same class, of all.
struct Agreement {
  std::size_t same = 0, samples = 0;
  double share() const { return static_cast<double>(same) / static_cast<double>(samples); }
};

Agreement agreement(const std::filesystem::path& shared, const Case& c, Subject subject) {
  RunRequest request;
  request.subject.quantize.model.path = (shared / "models" / (c.model + ".onnx")).string();
  request.subject.as = subject;
  request.input = {(shared / "data" / (c.inputs + ".npy")).string(), c.data};
  const RunOutcome outcome = checked(run_model(request));
  for (const std::string& warning : outcome.warnings) CHECK(warning.find("NO CALIBRATION") == warning.npos);
  const std::vector<double> ours = outcome.outputs.front().tensor.to_doubles();
  const std::string path = (shared / "data" / (c.outputs + ".npy")).string();
  const std::vector<double> theirs = checked(parse_arrays(checked(read_file(path)), path)).front().tensor.to_doubles();
  REQUIRE(ours.size() == theirs.size());
  Agreement found{0, static_cast<std::size_t>(outcome.samples)};
  const std::size_t classes = ours.size() / found.samples;
  for (std::size_t i = 0; i < ours.size(); i += classes)
    found.same += best(std::span(ours).subspan(i, classes)) == best(std::span(theirs).subspan(i, classes));
  if (std::getenv("TINYC_VERBOSE"))
    WARN(c.model << " as " << to_string(subject) << ": " << found.same << " of " << found.samples);
  return found;
}

TEST_CASE("quantized models keep their answers as integers, without calibration data") {
  const auto shared = shared_folder();
  if (!shared) return;
  Agreement all;
  for (const Case& c :
       {Case{"kws_qdq", "kws/eval_x", "kws/ort_kws_qdq"}, Case{"ic_qop", "fidelity/ic_qop_x", "fidelity/ic_qop_y"},
        Case{"mlperf_ic_resnet8_qdq_tf2onnx",
             "ic/eval_x",
             "ic/ort_mlperf_ic_resnet8_qdq_tf2onnx",
             {1, 0, DataLayout::nchw}},
        Case{"mnist_dsres_torchfx_qdq",
             "mnist/eval_x",
             "mnist/ort_mnist_dsres_torchfx_qdq",
             {1 / 255.0, 0, std::nullopt}}}) {
    INFO(c.model);
    CHECK(agreement(*shared, c, Subject::float_graph).share() >= 0.995);
    const Agreement integers = agreement(*shared, c, Subject::int8_graph);
    CHECK(integers.share() >= 0.99);  // the CIFAR-10 model has two samples whose best classes are a step apart
    CHECK(agreement(*shared, c, Subject::emitted_c).same == integers.same);
    all.same += integers.same;
    all.samples += integers.samples;

    QuantizeRequest request;
    request.model.path = (*shared / "models" / (c.model + ".onnx")).string();
    const QuantizeOutcome outcome = checked(quantize_model(request));
    CHECK(outcome.calibration_samples == 0);
    for (const NodeId id : outcome.model.graph.nodes())
      for (const ValueId result : outcome.model.graph.node(id).results())
        CHECK(outcome.model.graph.value(result).type().is_quantized());
  }
  CHECK(all.share() >= 0.995);
}

}  // namespace
}  // namespace tinyc
