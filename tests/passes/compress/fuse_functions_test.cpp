#include <catch2/catch.hpp>

#include "lib/exec/interpreter.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

struct Fused {
  Graph before, after;
};

Fused fused(const std::string& text) {
  Fused result{graph_of(text), {}};
  result.after = result.before;
  require_ok(transform(result.after, "fuse-functions"));
  Rng rng(7);
  std::vector<Tensor> inputs;
  for (const ValueId id : result.before.inputs()) {
    std::vector<float> values(static_cast<std::size_t>(result.before.value(id).type().shape.elements()));
    for (float& value : values) value = static_cast<float>(rng.normal() * 2);
    inputs.push_back(Tensor::of(result.before.value(id).type().shape, values));
  }
  const auto expected = run(result.before, inputs), actual = run(result.after, inputs);
  REQUIRE((expected.ok() && actual.ok()));
  CHECK(*expected == *actual);
  return result;
}

std::vector<std::string> ops_of(const Graph& graph) {
  std::vector<std::string> ops;
  for (const NodeId id : graph.nodes()) ops.emplace_back(graph.node(id).op().name);
  return ops;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("nodes that compute a function of one value become one function, and then one table") {
  Fused graphs = fused(R"(graph "g" stage=calibrated
input %x: f32[1,300] range(-4, 4)
const %one: f32[1,1] = [1]
%s: f32[1,300] range(0.01, 0.99) = sigmoid(%x)
%p: f32[1,300] range(-0.1, 3.9) = mul(%x, %s)
%y: f32[1,300] range(0.9, 4.9) = add(%p, %one) @"last"
output %y
)");
  REQUIRE(ops_of(graphs.after) == Names{"function"});
  const Value& y = graphs.after.value(graphs.after.outputs()[0]);
  CHECK(y.name() == "y");
  CHECK(y.range() == Value::Range{0.9f, 4.9f});
  CHECK(graphs.after.node(y.producer()).name() == "last");
  require_ok(transform(graphs.after, "quantize"));
  CHECK(ops_of(graphs.after) == Names{"lookup_table"});
}

TEST_CASE("what others read stays, and is not computed twice where it is no step") {
  const Fused graphs = fused(R"(graph "g" stage=calibrated
input %x: f32[1,4] range(-4, 4)
input %z: f32[1,4] range(-4, 4)
%s: f32[1,4] range(0.01, 0.99) = sigmoid(%x)
%y: f32[1,4] range(-0.1, 3.9) = mul(%x, %s)
%w: f32[1,4] range(-0.1, 3.9) = mul(%z, %s)
output %y, %w
)");
  CHECK(ops_of(graphs.after) == Names{"sigmoid", "function", "mul"});
}

TEST_CASE("comparisons and truth values disappear in a function") {
  const Fused graphs = fused(R"(graph "g" stage=calibrated
input %x: f32[2,3] range(-4, 4)
const %half: f32[] = [0.5]
%c = greater(%x, %half)
%y: f32[2,3] range(0.5, 4) = where(%c, %x, %half)
output %y
)");
  CHECK(ops_of(graphs.after) == Names{"function"});
}

TEST_CASE("a number over a value is a function, a table by itself is none") {
  CHECK(ops_of(fused(R"(graph "g" stage=calibrated
input %x: f32[2,3] range(1, 4)
const %one: f32[] = [1]
%y: f32[2,3] range(0.25, 1) = div(%one, %x)
%z: f32[2,3] range(0.25, 4) = tanh(%x)
output %y, %z
)").after) == Names{"function", "tanh"});
}

TEST_CASE("a value with prescribed parameters stays") {
  const std::string text = R"(graph "g" stage=calibrated
input %x: f32[2,3] range(1, 4)
%s: f32[2,3] range(0.25, 1) = sigmoid(%x)
%y: f32[2,3] range(0.25, 4) = tanh(%s)
output %y
)";
  Graph graph = graph_of(text);
  graph.set_pinned(*graph.find_value("s"), Quantization::per_tensor(1.0f / 256, -128));
  require_ok(transform(graph, "fuse-functions"));
  CHECK(ops_of(graph) == Names{"sigmoid", "tanh"});
}

TEST_CASE("shapes that broadcast and constants of several elements are no functions of one element") {
  CHECK(ops_of(fused(R"(graph "g" stage=calibrated
input %x: f32[2,1] range(1, 4)
const %c: f32[3] = [1, 2, 3]
%s: f32[2,1] range(0.25, 1) = sigmoid(%x)
%y: f32[2,3] range(0.25, 4) = add(%s, %c)
output %y
)").after) == Names{"sigmoid", "add"});
}

}  // namespace tinyc
