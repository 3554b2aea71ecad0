#include "lib/cost/estimate.h"

#include <catch2/catch.hpp>

#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"

using namespace tinyc;

namespace {

Graph example() {
  auto graph = parse_graph(R"(graph "g" stage=canonical
input %x: f32[1,4,4,2]
const %w: f32[3,1,1,2] = [1, 2, 3, 4, 5, 6]
const %b: f32[3] = [1, 2, 3]
%y: f32[1,4,4,3] = conv2d(%x, %w, %b) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%z: f32[1,48] = reshape(%y) {shape=[1, 48]}
output %z
)",
                           all_ops());
  INFO((graph.ok() ? "" : graph.error().to_string()));
  REQUIRE(graph.ok());
  return std::move(graph).value();
}

}  // namespace

TEST_CASE("work is counted per layer, a float graph as if it were int8", "[cost]") {
  const auto layers = count_work(example());
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].work.macs == 4 * 4 * 3 * 2);
  CHECK(layers[0].parameters == 6 + 3);
  CHECK((layers[0].parameter_bytes == Bytes(6 + 3 * 4)));
  CHECK((layers[0].output_bytes == Bytes(4 * 4 * 3)));
  CHECK((layers[0].inputs == std::vector<Shape>{{1, 4, 4, 2}}));
}

TEST_CASE("an estimate adds up, knows no clock of a bare core, and is not calibrated", "[cost]") {
  const Graph graph = example();
  for (const Core& core : all_cores()) {
    const Estimate estimated = estimate(graph, {&core, nullptr});
    CHECK(estimated.cycles.count > 0);
    CHECK(estimated.layers[1].cycles.count == 0);  // a view
    CHECK(estimated.cycles.count == estimated.layers[0].cycles.count);
    CHECK_FALSE(estimated.latency_ms);
    CHECK_FALSE(estimated.calibrated);
  }
  const auto target = find_target("stm32l4r5");
  REQUIRE(target.ok());
  const Estimate timed = estimate(graph, *target);
  REQUIRE(timed.latency_ms);
  CHECK(*timed.latency_ms == Approx(timed.cycles.count / 120e6 * 1e3));
  CHECK(timed.cycles.count < estimate(graph, *find_target("cortex-m0plus")).cycles.count);
}
