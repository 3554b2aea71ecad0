#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

const std::string header = "graph \"t\" stage=canonical\n";

Graph quantized(const std::string& text, Trace* trace = nullptr) {
  Graph graph = graph_of(header + text);
  require_ok(transform(graph, "calibrate, quantize", nullptr, trace));
  return graph;
}

const Type& type_of(const Graph& graph, std::string_view name) { return graph.value(*graph.find_value(name)).type(); }

TEST_CASE("a graph whose values are all pinned needs no samples and keeps its integers") {
  const Graph graph = quantized(R"(
input %x: f32[1,2] pinned(0.5:3)
const %w: f32[2,2] pinned(axis=0, scale=[0.5, 0.25], zero_point=[0, 0]) = [63.5, -64, 1, -0.25]
const %b: f32[2] = [2.5, -1.25]
%y: f32[1,2] pinned(40:-7) = fully_connected(%x, %w, %b)
output %y
)");
  CHECK(type_of(graph, "x").quantization == Quantization::per_tensor(0.5f, 3));
  CHECK(type_of(graph, "y").quantization == Quantization::per_tensor(40, -7));
  CHECK(type_of(graph, "w").quantization == Quantization{0, {0.5f, 0.25f}, {0, 0}});
  CHECK(graph.value(*graph.find_value("w")).constant().to_integers() == std::vector<std::int64_t>{127, -128, 4, -1});
  CHECK(graph.value(*graph.find_value("b")).constant().to_integers() == std::vector<std::int64_t>{10, -10});
  for (const ValueId id : graph.values()) CHECK_FALSE(graph.value(id).pinned());
}

TEST_CASE("weights of one scale, stored with a zero point, stay exact where they fit without it") {
  Trace trace;
  const Graph graph = quantized(R"(
input %x: f32[1,2] pinned(0.5:3)
const %w: f32[1,2] pinned(0.5:-3) = [63.5, -62.5]
%y: f32[1,1] pinned(2:0) = fully_connected(%x, %w)
output %y
)", &trace);
  CHECK(graph.value(*graph.find_value("w")).constant().to_integers() == std::vector<std::int64_t>{127, -125});
  CHECK(trace.warnings.empty());
}

TEST_CASE("weights that do not fit int8 get scales of their own, with a warning") {
  Trace trace;
  const Graph graph = quantized(R"(
input %x: f32[1,2] pinned(0.5:3)
const %w: f32[1,2] pinned(0.5:-100) = [113.5, -14]
%y: f32[1,1] pinned(2:0) = fully_connected(%x, %w)
output %y
)", &trace);
  CHECK(graph.value(*graph.find_value("w")).constant().to_integers() == std::vector<std::int64_t>{127, -16});
  REQUIRE(trace.warnings.size() == 1);
  CHECK(trace.warnings[0].find("1 of 1 channels") != std::string::npos);
}

TEST_CASE("a result that cannot be computed with its pinned parameters is requantized to them") {
  const Graph graph = quantized(R"(
input %x: f32[1,4] pinned(0.5:0)
%r: f32[1,4] pinned(0.25:-128) = relu(%x)
%s: f32[1,4] pinned(0.0078125:-128) = softmax(%r) {axis=1}
%y: f32[4] = reshape(%s) {shape=[4]}
output %y
)");
  std::string ops;
  for (const NodeId id : graph.nodes()) ops += std::string(graph.node(id).op().name) + " ";
  CHECK(ops == "relu softmax requantize reshape ");
  CHECK(type_of(graph, "r").quantization == Quantization::per_tensor(0.25f, -128));
  CHECK(type_of(graph, "y").quantization == Quantization::per_tensor(0.0078125f, -128));
}

TEST_CASE("a table has the pinned parameters of its result") {
  const Graph graph = quantized(R"(
input %x: f32[1,4] pinned(0.5:0)
%y: f32[1,4] pinned(0.01:-128) = sigmoid(%x)
output %y
)");
  CHECK(type_of(graph, "y").quantization == Quantization::per_tensor(0.01f, -128));
  CHECK(graph.nodes().size() == 1);
}

TEST_CASE("an input of stored integers becomes an int8 input") {
  const Graph graph = quantized(R"(
input %x: u8[1,4] quant(0.5:131)
%t = reshape(%x) {shape=[4]}
%d: f32[4] pinned(0.5:3) = dequantize(%t)
%y: f32[4] pinned(0.01:-128) = sigmoid(%d)
output %y
)");
  CHECK(type_of(graph, "x") == Type{DType::i8, {1, 4}, Quantization::per_tensor(0.5f, 3)});
  CHECK(graph.metadata.at("stored_input x") == "u8");
  CHECK(graph.nodes().size() == 2);
}

TEST_CASE("a value without a pin is calibrated, and takes samples") {
  Graph graph = graph_of(header + R"(
input %x: f32[1,2] pinned(0.5:0)
%y = add(%x, %x)
output %y
)");
  const auto data = make_dataset({{Tensor::of<float>({1, 2}, std::vector<float>{-1, 1})}});
  require_ok(transform(graph, "calibrate, quantize", data.get()));
  CHECK(type_of(graph, "x").quantization == Quantization::per_tensor(0.5f, 0));
  CHECK(type_of(graph, "y").quantization->scale.front() == Approx(4.0 / 255));
}

}  // namespace
}  // namespace tinyc
