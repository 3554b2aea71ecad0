#include "lib/exec/layerwise.h"

#include <catch2/catch.hpp>

#include "lib/exec/interpreter.h"
#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"

namespace tinyc {

TEST_CASE("layer by layer computes what sample by sample does, and a copy goes on by itself") {
  const auto graph = parse_graph(R"(graph "g" stage=canonical
input %x: f32[1,3]
const %w: f32[2,3] = [1.0, -2.0, 3.0, 0.5, 0.25, -1.0]
%a: f32[1,3] = mul(%x, %x)
%b: f32[1,2] = fully_connected(%a, %w)
%c: f32[1,2] = add(%b, %b)
output %c
)", all_ops());
  REQUIRE(graph.ok());
  const auto data = synthetic_dataset(*graph, 5, 3);
  const auto expected = run_batch(*graph, *data);
  auto layerwise = LayerwiseRun::start(*graph, *data, 4, 2);
  REQUIRE(layerwise.ok());
  CHECK(layerwise->samples() == 4);
  const NodeId dense = graph->nodes()[1];
  REQUIRE(layerwise->advance_to(dense).ok());
  CHECK(layerwise->value(0, graph->node(dense).operands()[0]).elements() == 3);
  LayerwiseRun copy = *layerwise;
  Graph other = *graph;
  other.set_constant(other.node(dense).operands()[1], Tensor(DType::f32, {2, 3}));
  copy.continue_on(other);
  REQUIRE(copy.finish().ok());
  REQUIRE(layerwise->finish().ok());
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(layerwise->outputs(0)[i] == (*expected)[i][0]);
    CHECK(copy.outputs(0)[i].to_doubles() == std::vector<double>{0, 0});
  }
}

TEST_CASE("memory for samples counts what is alive at one time") {
  const auto graph = parse_graph(R"(graph "g" stage=canonical
input %x: f32[1,100]
%a: f32[1,100] = abs(%x)
%b: f32[1,100] = abs(%a)
output %b
)", all_ops());
  REQUIRE(graph.ok());
  CHECK(samples_within(*graph, 8000) == 10);
  CHECK(samples_within(*graph, 1) == 1);
}

}  // namespace tinyc
