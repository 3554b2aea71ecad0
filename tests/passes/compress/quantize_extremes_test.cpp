// Ranges that no sane model has: whatever they are, quantization yields a graph that runs, or an error; no check of
// tinyc's own fails.

#include "lib/exec/interpreter.h"
#include "lib/ir/verifier.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

using Integers = std::vector<std::int64_t>;

struct Case {
  const char* op;
  std::vector<Shape> operands;  // of activations
  Attributes attributes = {};
  std::vector<Shape> constants = {};
};

std::vector<Case> cases() {
  const Attributes window{{"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}}, {"pads", Integers{1, 1, 1, 1}},
                          {"groups", std::int64_t{1}}};
  const Attributes pool{{"kernel", Integers{2, 2}}, {"strides", Integers{1, 1}}, {"dilations", Integers{1, 1}},
                        {"pads", Integers{1, 0, 0, 1}}};
  Attributes mean_pool = pool;
  mean_pool.set("count_include_pad", std::int64_t{0});
  const Shape image{1, 3, 3, 2};
  return {{"conv2d", {image}, window, {{4, 2, 2, 2}, {4}}},
          {"fully_connected", {{1, 5}}, {{"clamp_low", 0.0}, {"clamp_high", 6.0}}, {{3, 5}, {3}}},
          {"matmul", {{2, 3}, {3, 4}}},
          {"add", {image, image}},
          {"add", {image}, {}, {{2}}},
          {"sub", {image, image}},
          {"mul", {image, image}},
          {"mul", {image}, {}, {{2}}},
          {"max_pool", {image}, pool},
          {"average_pool", {image}, mean_pool},
          {"reduce_mean", {image}, {{"axes", Integers{1, 2}}, {"keepdims", std::int64_t{0}}}},
          {"concat", {image, image}, {{"axis", std::int64_t{3}}}},
          {"relu", {image}},
          {"clip", {image}, {{"clamp_low", -1.0}, {"clamp_high", 1.0}}},
          {"leaky_relu", {image}, {{"alpha", 0.1}}},
          {"sigmoid", {image}},
          {"tanh", {image}},
          {"hard_swish", {image}},
          {"softmax", {{1, 10}}, {{"axis", std::int64_t{1}}}}};
}

float extreme(Rng& rng) {
  static const std::vector<float> magnitudes{0, 1e-44f, 1e-38f, 1e-20f, 1e-3f, 1, 300, 1e10f, 1e30f, 3.4e38f};
  const float magnitude = magnitudes[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(magnitudes.size()) - 1))];
  return rng.integer(0, 1) ? magnitude : -magnitude;
}

Graph graph_of(const Case& one, Rng& rng) {
  Graph graph;
  graph.stage = Stage::calibrated;
  Builder build(graph, all_ops());
  std::vector<ValueId> operands;
  for (const Shape& shape : one.operands) operands.push_back(graph.add_input("x", Type{DType::f32, shape}));
  for (const Shape& shape : one.constants) {
    Tensor tensor(DType::f32, shape);
    const float largest = extreme(rng);
    for (float& x : tensor.mutable_data<float>()) x = rng.integer(0, 3) ? largest * static_cast<float>(rng.uniform(-1, 1)) : extreme(rng);
    operands.push_back(graph.add_constant("c", std::move(tensor)));
  }
  graph.set_outputs({build.emit(one.op, "y", operands, one.attributes).value()});
  for (const ValueId id : graph.values()) {
    if (graph.value(id).is_constant()) continue;
    const float a = extreme(rng), b = extreme(rng);
    graph.set_range(id, Value::Range{std::min(a, b), std::max(a, b)});
  }
  return graph;
}

}  // namespace

TEST_CASE("quantization survives any range and any weights") {
  Rng rng(11);
  for (const Case& one : cases())
    for (int round = 0; round < 200; ++round) {
      Graph graph = graph_of(one, rng);
      const std::string before = print(graph);
      INFO(before);
      const Status status = transform(graph, "quantize");
      if (!status.ok()) {
        INFO(status.error().to_string());
        CHECK(status.error().exit_code() == ExitCode::unsupported);
        continue;
      }
      std::vector<Tensor> inputs;
      for (const ValueId input : graph.inputs()) {
        Tensor tensor(DType::i8, graph.value(input).type().shape);
        for (std::int8_t& x : tensor.mutable_data<std::int8_t>())
          x = static_cast<std::int8_t>(rng.integer(0, 2) ? rng.integer(-128, 127) : rng.integer(0, 1) * 255 - 128);
        inputs.push_back(std::move(tensor));
      }
      CHECK(run(graph, inputs).ok());
      const NodeView node = view(graph, graph.nodes().back());
      REQUIRE(node.op.lower);
      CHECK((*node.op.lower)(node, CoreFeatures{}).ok());
    }
}

}  // namespace tinyc
