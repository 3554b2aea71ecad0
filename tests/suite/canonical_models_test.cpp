// Canonicalization of trained models, which lie in a folder beside the repository; skipped when they are not there.

#include <map>

#include "formats/onnx/reader.h"
#include "tests/passes/pass_fixture.h"
#include "tests/suite/shared_folder.h"

namespace tinyc {
namespace {

using Counts = std::map<std::string, int>;

struct Model {
  std::string file;
  Counts may_remain = {};  // of the operators that canonicalization removes
};

// A channels-first input of several channels is brought into the other order once.
const Counts at_the_input{{"transpose", 1}};

Counts removable(const Graph& graph) {
  Counts counts;
  for (const NodeId id : graph.nodes()) {
    const std::string op(graph.node(id).op().name);
    for (const char* each : {"batch_norm", "relu", "clip", "transpose", "identity", "dropout", "pad", "matmul"})
      if (op == each) ++counts[op];
  }
  return counts;
}

void check(const std::filesystem::path& shared, const Model& model) {
  INFO(model.file);
  const auto original = read_onnx(shared / "models" / (model.file + ".onnx"));
  if (!original.ok()) FAIL(original.error().to_string());
  Graph graph = *original;
  const Status status = run_passes(graph, "canonicalize");
  if (!status.ok()) FAIL(status.error().to_string());
  if (std::getenv("TINYC_VERBOSE")) WARN(print(graph, {.elide_constants = true}));
  CHECK(graph.stage == Stage::canonical);
  CHECK(removable(graph) == model.may_remain);
  check_equivalent(*original, graph, 2e-5);

  Graph again = graph;
  REQUIRE(run_passes(again, "canonicalize").ok());
  CHECK(print(again, {.elide_constants = true}) == print(graph, {.elide_constants = true}));
}

TEST_CASE("no batch normalization, activation or layout change remains in the five benchmark models") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Model& model : {Model{"kws"}, Model{"ic", at_the_input}, Model{"vww", at_the_input}, Model{"ad"},
                             Model{"sww", at_the_input}, Model{"ic_nhwc"}})
    check(*shared, model);
}

TEST_CASE("nor in models with 1-D convolutions, unfolded batch normalization, pads, clips and concats") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Model& model :
       {Model{"arch_mobilenet_v2_0.35_96", at_the_input}, Model{"ecg5000_dsres1d_fp32"}, Model{"har_st_cnn1d_keras_fp32"},
        Model{"mobilenet_v1_0.25_128_imagenet_fp32", at_the_input}, Model{"arch_squeezenet1.1_96", at_the_input},
        Model{"mnist_dsres_fp32"}, Model{"mnist_cntk_opset8_fp32"}})
    check(*shared, model);
}

}  // namespace
}  // namespace tinyc
