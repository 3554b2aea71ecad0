#include "lib/ir/graph.h"

#include <catch2/catch.hpp>

#include "lib/ir/builder.h"
#include "lib/ir/verifier.h"
#include "lib/ops/ops.h"
#include "lib/support/check.h"

namespace tinyc {
namespace {

// x -> a = relu(x) -> b = relu(a); y = add(a, b)
struct Diamond {
  Graph graph;
  Builder build{graph, all_ops()};
  ValueId x = graph.add_input("x", {DType::f32, Shape{2, 3}});
  ValueId a = build.emit("relu", "a", {x}).value();
  ValueId b = build.emit("relu", "b", {a}).value();
  ValueId y = build.emit("add", "y", {a, b}).value();
  Diamond() { graph.set_outputs({y}); }
  NodeId producer(ValueId id) { return graph.value(id).producer(); }
  bool valid() { return verify(graph).ok(); }
};

TEST_CASE("use lists follow operands") {
  Diamond d;
  REQUIRE(d.valid());
  CHECK(d.graph.value(d.a).uses() == std::vector<Use>{{d.producer(d.b), 0}, {d.producer(d.y), 0}});
  d.graph.set_operand(d.producer(d.y), 1, d.x);
  CHECK(d.graph.value(d.b).uses().empty());
  CHECK(d.graph.value(d.x).uses().size() == 2);
  d.graph.erase_node(d.producer(d.b));
  CHECK_FALSE(d.graph.contains(d.b));
  CHECK(d.valid());
}

TEST_CASE("replace_uses also replaces outputs") {
  Diamond d;
  d.graph.replace_uses(d.y, d.b);
  CHECK(d.graph.outputs() == std::vector<ValueId>{d.b});
  d.graph.erase_node(d.producer(d.y));
  CHECK(d.graph.nodes().size() == 2);
  CHECK(d.valid());
}

TEST_CASE("what is still used cannot be erased") {
  Diamond d;
  CHECK_THROWS_AS(d.graph.erase_node(d.producer(d.a)), InternalError);
  CHECK_THROWS_AS(d.graph.erase_node(d.producer(d.y)), InternalError);
  CHECK_THROWS_AS(d.graph.remove_input(d.x), InternalError);
}

TEST_CASE("names are unique, and free again once their value is gone") {
  Graph graph;
  const ValueId first = graph.add_constant("w", Tensor::scalar(1.0f));
  const ValueId second = graph.add_constant("w", Tensor::scalar(2.0f));
  CHECK(graph.value(second).name() == "w_1");
  graph.rename(first, "v");
  CHECK(graph.find_value("w") == std::nullopt);
  graph.rename(second, "w");
  CHECK(graph.find_value("w") == second);
  graph.erase_unused_constants();
  CHECK(graph.values().empty());
}

TEST_CASE("nodes are inserted where asked, and sort() finds an order") {
  Diamond d;
  d.build.insert_before(d.producer(d.a));
  const ValueId c = d.build.emit("relu", "c", {d.x}).value();
  CHECK(d.graph.nodes().front() == d.producer(c));
  d.graph.set_operand(d.producer(c), 0, d.y);  // now it comes too early
  CHECK_FALSE(d.valid());
  CHECK(d.graph.sort());
  CHECK(d.graph.nodes().back() == d.producer(c));
  CHECK(d.valid());
  d.graph.set_operand(d.producer(d.a), 0, c);
  CHECK_FALSE(d.graph.sort());
}

TEST_CASE("a copy of a graph is independent, its constants are shared") {
  Diamond d;
  const ValueId w = d.graph.add_constant("w", Tensor(DType::f32, Shape{2, 3}));
  d.graph.set_operand(d.producer(d.y), 1, w);
  Graph copy = d.graph;
  CHECK(copy.value(w).constant().bytes().data() == d.graph.value(w).constant().bytes().data());
  copy.set_constant(w, Tensor(DType::f32, Shape{1, 3}));
  CHECK(d.graph.value(w).type().shape == Shape{2, 3});
  copy.erase_node(copy.value(d.b).producer());
  CHECK(d.valid());
}

}  // namespace
}  // namespace tinyc
