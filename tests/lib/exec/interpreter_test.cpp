#include "lib/exec/interpreter.h"

#include <catch2/catch.hpp>
#include <limits>

#include "lib/ir/builder.h"

namespace tinyc {
namespace {

Result<std::vector<Type>> same_type(const NodeView& node) { return std::vector<Type>{node.operand(0)}; }
Work no_work(const NodeView&) { return {}; }

// Adds the second operand when there is one, else 1; a negative first element is an error.
Status eval_sum(const NodeView&, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const auto x = in[0]->data<float>();
  const auto y = out[0].mutable_data<float>();
  if (x[0] < 0) return Error("TC6099", "", "negative sample " + std::to_string(static_cast<int>(x[0])));
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] + (in.size() > 1 ? in[1]->data<float>()[i] : 1.0f);
  return {};
}

const OpDef sum_op{.name = "sum", .summary = "", .infer = same_type, .eval_float = eval_sum,
                   .eval_int8 = "a test operator", .work = no_work, .quantization = "a test operator",
                   .lower = "a test operator"};

// x -> a = x + 1 -> b = a + 1; y = a + b.
Graph diamond() {
  Graph graph;
  const Type type{DType::f32, Shape{2}};
  const ValueId x = graph.add_input("x", type);
  const auto add = [&](const char* name, std::vector<ValueId> operands) {
    return graph.node(graph.add_node(sum_op, name, std::move(operands), {}, {type})).results().front();
  };
  const ValueId a = add("a", {x});
  const ValueId b = add("b", {a});
  graph.set_outputs({add("y", {a, b})});
  return graph;
}

Tensor pair(float first, float second) { return Tensor::of<float>(Shape{2}, std::vector<float>{first, second}); }

TEST_CASE("a graph is evaluated node by node and every value is observed") {
  const Graph graph = diamond();
  const std::vector<Tensor> inputs{pair(1, 2)};
  std::vector<std::string> seen;
  const auto outputs = run(graph, inputs, [&](ValueId id, const Tensor&) { seen.push_back(graph.value(id).name()); });
  REQUIRE(outputs.ok());
  CHECK(outputs->at(0) == pair(5, 7));
  CHECK(seen == std::vector<std::string>{"x", "a", "b", "y"});
}

TEST_CASE("an input of another shape or number is refused") {
  const Graph graph = diamond();
  const std::vector<Tensor> wrong{Tensor(DType::f32, Shape{3})};
  CHECK(run(graph, wrong).error().diagnostics()[0].id == "TC6011");
  CHECK(run(graph, {}).error().diagnostics()[0].id == "TC6010");
}

TEST_CASE("an operator without int8 evaluation says why") {
  Graph graph = diamond();
  Type type = graph.value(graph.outputs()[0]).type();
  type.quantization = Quantization::per_tensor(1, 0);
  graph.set_type(graph.outputs()[0], type);
  const auto result = run(graph, std::vector<Tensor>{pair(1, 2)});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().diagnostics()[0].id == "TC3010");
  CHECK(result.error().to_string().find("a test operator") != std::string::npos);
}

TEST_CASE("a batch gives the same results for any number of threads") {
  const Graph graph = diamond();
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 50; ++i) samples.push_back({pair(static_cast<float>(i), 0)});
  const auto data = make_dataset(samples);
  for (const int threads : {1, 3, 8}) {
    std::int64_t progressed = 0;
    const auto results = run_batch(graph, *data, {threads, [&](std::int64_t done, std::int64_t) { progressed = done; }});
    REQUIRE(results.ok());
    REQUIRE(results->size() == 50);
    CHECK(progressed == 50);
    for (int i = 0; i < 50; ++i) CHECK(results->at(static_cast<std::size_t>(i))[0] == pair(static_cast<float>(2 * i + 3), 3));
  }
}

TEST_CASE("the error of a batch is that of its first failing sample") {
  std::vector<std::vector<Tensor>> samples(20, {pair(0, 0)});
  samples[3] = {pair(-3, 0)};
  samples[4] = {pair(-4, 0)};
  const auto result = run_batch(diamond(), *make_dataset(samples), {4, {}});
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().to_string().find("negative sample -3") != std::string::npos);
}

TEST_CASE("quantize_tensor rounds half away from zero and clamps; dequantize_tensor inverts it") {
  const Type type{DType::i8, Shape{6}, Quantization::per_tensor(0.5f, 3)};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor real = Tensor::of<float>(Shape{6}, std::vector<float>{0, 0.25f, -0.25f, 1e9f, -1e9f, nan});
  const Tensor stored = quantize_tensor(real, type);
  CHECK(stored.to_integers() == std::vector<std::int64_t>{3, 4, 2, 127, -128, 3});
  CHECK(dequantize_tensor(stored, *type.quantization).to_doubles() ==
        std::vector<double>{0, 0.5, -0.5, 62, -65.5, 0});
}

TEST_CASE("per-channel parameters follow their axis") {
  const Type type{DType::i8, Shape{2, 3}, Quantization{0, {1.0f, 0.1f}, {0, 0}}};
  const Tensor real = Tensor::of<float>(Shape{2, 3}, std::vector<float>{1, 2, 3, 1, 2, 3});
  CHECK(quantize_tensor(real, type).to_integers() == std::vector<std::int64_t>{1, 2, 3, 10, 20, 30});
}

TEST_CASE("synthetic samples depend on seed and index alone") {
  const Graph graph = diamond();
  const auto a = synthetic_dataset(graph, 4, 7), b = synthetic_dataset(graph, 9, 7), c = synthetic_dataset(graph, 4, 8);
  CHECK(a->is_synthetic());
  CHECK(a->sample(2)[0] == b->sample(2)[0]);
  CHECK_FALSE(a->sample(2)[0] == a->sample(3)[0]);
  CHECK_FALSE(a->sample(2)[0] == c->sample(2)[0]);
}

}  // namespace
}  // namespace tinyc
