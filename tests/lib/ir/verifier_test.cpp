#include "lib/ir/verifier.h"

#include <catch2/catch.hpp>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"

namespace tinyc {
namespace {

const Type f32_vector{DType::f32, Shape{4}};

std::string id_of(const Status& status) { return status.ok() ? "ok" : status.error().diagnostics().front().id; }

TEST_CASE("recorded types must be the inferred ones") {
  Graph graph;
  Builder build(graph, all_ops());
  const ValueId x = graph.add_input("x", f32_vector);
  const ValueId y = build.emit("relu", "y", {x}).value();
  graph.set_outputs({y});
  CHECK(id_of(verify(graph)) == "ok");
  graph.set_type(y, {DType::f32, Shape{5}});
  CHECK(id_of(verify(graph)) == "TC1011");
  graph.set_type(y, {DType::f64, Shape{4}});
  CHECK(id_of(verify(graph)) == "TC1011");
}

TEST_CASE("quantization parameters must fit their type") {
  Graph graph;
  const auto with = [&](Quantization quantization) {
    Graph one;
    one.add_constant("w", Tensor(DType::i8, Shape{2, 3}), std::move(quantization));
    return id_of(verify(one));
  };
  CHECK(with({0, {1, 2}, {0, 0}}) == "ok");
  CHECK(with(Quantization::per_tensor(0.5f, -128)) == "ok");
  CHECK(with(Quantization::per_tensor(0.0f, 0)) == "TC1011");
  CHECK(with(Quantization::per_tensor(1.0f, 128)) == "TC1011");
  CHECK(with({1, {1, 2}, {0, 0}}) == "TC1011");
  CHECK(with({0, {1, 2}, {0}}) == "TC1011");
  CHECK(with({2, {1, 2}, {0, 0}}) == "TC1011");
}

TEST_CASE("each stage has its rules") {
  Graph graph;
  Builder build(graph, all_ops());
  const ValueId x = graph.add_input("x", f32_vector);
  const ValueId y = build.emit("identity", "y", {x}).value();
  graph.set_outputs({y});
  CHECK(id_of(verify(graph)) == "ok");
  graph.stage = Stage::canonical;
  CHECK(id_of(verify(graph)) == "TC1012");

  graph.set_op(graph.value(y).producer(), *find_op(all_ops(), "relu"));
  CHECK(id_of(verify(graph)) == "ok");
  graph.stage = Stage::calibrated;
  CHECK(id_of(verify(graph)) == "TC1012");
  for (const ValueId value : {x, y}) graph.set_range(value, Value::Range{-1, 1});
  CHECK(id_of(verify(graph)) == "ok");

  graph.stage = Stage::quantized;
  graph.set_type(x, {DType::i8, Shape{4}, Quantization::per_tensor(1, 0)});
  graph.set_type(y, {DType::i8, Shape{4}});
  CHECK(id_of(verify(graph)) == "TC1012");
}

}  // namespace
}  // namespace tinyc
