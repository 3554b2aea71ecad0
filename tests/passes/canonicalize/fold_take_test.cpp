#include "tests/passes/pass_fixture.h"

using namespace tinyc;

TEST_CASE("fold-take orders the weights of a layer") {
  check_pass("fold-take, fold-constants", R"(
input %x: f32[1,3]
const %w: f32[2,3] = [1, 2, 3, 4, 5, 6]
%t = take(%x) {axis=1, indices=[2, 0, 1]}
%y = fully_connected(%t, %w)
output %y
)", R"(
input %x: f32[1,3]
const %w: f32[2,3] = [2, 3, 1, 5, 6, 4]
%y = fully_connected(%x, %w)
output %y
)");
}

TEST_CASE("fold-take goes through a depthwise convolution into the next layer") {
  Graph graph = graph_of(R"(
input %x: f32[1,2,2,3]
const %d: f32[3,1,1,1] = [1, 2, 3]
const %b: f32[3] = [5, 6, 7]
const %w: f32[1,1,1,3] = [1, 10, 100]
%t = take(%x) {axis=3, indices=[2, 0, 1]}
%m = conv2d(%t, %d, %b) {strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], groups=3, clamp_low=0.0}
%y = conv2d(%m, %w, none) {strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], groups=1}
output %y
)");
  const Graph before = graph;
  REQUIRE(run_passes(graph, "(fold-take, fold-constants)*").ok());
  CHECK(graph.nodes().size() == 2);
  check_equivalent(before, graph);
}

TEST_CASE("fold-take leaves a part of the channels, other axes and groups") {
  check_pass_leaves("fold-take", R"(
input %x: f32[4,4]
const %w: f32[2,3] = [1, 2, 3, 4, 5, 6]
const %v: f32[2,4] = [1, 2, 3, 4, 5, 6, 7, 8]
%t = take(%x) {axis=1, indices=[2, 0, 1]}
%y = fully_connected(%t, %w)
%u = take(%x) {axis=0, indices=[2, 0, 1, 3]}
%z = fully_connected(%u, %v)
output %y, %z
)");
}
