// Canonicalization of trained models: of the two in testdata, and of those in a folder beside the repository, skipped
// when that is not there.

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

// "3 conv2d, 1 softmax"
std::string summary(const Graph& graph) {
  Counts counts;
  for (const NodeId id : graph.nodes()) ++counts[std::string(graph.node(id).op().name)];
  std::string text;
  for (const auto& [op, count] : counts) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + op;
  return text;
}

void check(const std::filesystem::path& folder, const Model& model) {
  INFO(model.file);
  const auto original = read_onnx(folder / (model.file + ".onnx"));
  if (!original.ok()) FAIL(original.error().to_string());
  Graph graph = *original;
  const Status status = run_passes(graph, "canonicalize");
  if (!status.ok()) FAIL(status.error().to_string());
  CHECK(graph.stage == Stage::canonical);
  CHECK(removable(graph) == model.may_remain);
  check_equivalent(*original, graph, 2e-5);

  Graph again = graph;
  REQUIRE(run_passes(again, "canonicalize").ok());
  CHECK(print(again, {.elide_constants = true}) == print(graph, {.elide_constants = true}));
}

TEST_CASE("the models in testdata come out as convolutions, fully connected nodes and what joins them") {
  const std::filesystem::path testdata = std::filesystem::path(TINYC_SOURCE_DIR) / "testdata";
  check(testdata / "digits", {"digits"});
  check(testdata / "digits1d", {"digits1d", at_the_input});
}

TEST_CASE("no batch normalization, activation or layout change remains in the five benchmark models") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Model& model : {Model{"kws"}, Model{"ic", at_the_input}, Model{"vww", at_the_input}, Model{"ad"},
                             Model{"sww", at_the_input}, Model{"ic_nhwc"}})
    check(*shared / "models", model);
}

TEST_CASE("nor in models with 1-D convolutions, unfolded batch normalization, pads, clips and concats") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const Model& model :
       {Model{"arch_mobilenet_v2_0.35_96", at_the_input}, Model{"ecg5000_dsres1d_fp32"}, Model{"har_st_cnn1d_keras_fp32"},
        Model{"mobilenet_v1_0.25_128_imagenet_fp32", at_the_input}, Model{"arch_squeezenet1.1_96", at_the_input},
        Model{"mnist_dsres_fp32"}, Model{"mnist_cntk_opset8_fp32"}})
    check(*shared / "models", model);
}

TEST_CASE("every model that can be read computes the same in canonical form") {
  const auto shared = shared_folder();
  if (!shared) return;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(*shared / "models")) files.push_back(entry.path());
  std::ranges::sort(files);
  int checked = 0;
  for (const auto& file : files) {
    const auto original = read_onnx(file);
    if (!original.ok()) continue;
    INFO(file.stem().string());
    Graph graph = *original;
    const Status status = run_passes(graph, "canonicalize");
    if (!status.ok()) FAIL(status.error().to_string());
    check_equivalent(*original, graph, 1e-4, 1);
    CHECK(removable(graph)["batch_norm"] == 0);
    if (std::getenv("TINYC_VERBOSE")) WARN(file.stem().string() << ": " << summary(*original) << " -> " << summary(graph));
    ++checked;
  }
  CHECK(checked >= 14);
}

}  // namespace
}  // namespace tinyc
