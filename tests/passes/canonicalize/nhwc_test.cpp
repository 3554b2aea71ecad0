#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("nhwc brings element-wise nodes between convolutions into their order") {
  check_pass("nhwc, merge-transposes, fold-constants", R"(
input %x: f32[1,2,2,3]
const %c: f32[3,1,1] = [1.0, 2.0, 3.0]
const %two: f32[] = [2.0]
%p = max_pool(%x) {dilations=[1, 1], kernel=[1, 1], pads=[0, 0, 0, 0], strides=[1, 1]}
%a = transpose(%p) {perm=[0, 3, 1, 2]}
%b = add(%a, %c)
%s = sigmoid(%b)
%m = mul(%s, %two)
%t = transpose(%m) {perm=[0, 2, 3, 1]}
%y = max_pool(%t) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[1, 1]}
output %y
)", R"(
input %x: f32[1,2,2,3]
const %two: f32[] = [2.0]
%p = max_pool(%x) {dilations=[1, 1], kernel=[1, 1], pads=[0, 0, 0, 0], strides=[1, 1]}
const %c: f32[1,1,1,3] = [1.0, 2.0, 3.0]
%b = add(%p, %c)
%s = sigmoid(%b)
%m = mul(%s, %two)
%y = max_pool(%m) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[1, 1]}
output %y
)");
}

TEST_CASE("nhwc remaps the axes of concat, pad, reduce_mean and softmax") {
  check_pass("nhwc, merge-transposes, merge-reshapes", R"(
input %x: f32[2,3,4,5]
input %z: f32[2,3,4,5]
%a = transpose(%x) {perm=[0, 3, 1, 2]}
%b = transpose(%z) {perm=[0, 3, 1, 2]}
%c = concat(%a, %b) {axis=1}
%p = pad(%c) {mode="constant", pads=[0, 0, 1, 2, 0, 0, 3, 4], value=0.0}
%s = softmax(%p) {axis=1}
%m = reduce_mean(%s) {axes=[2, 3], keepdims=1}
%y = transpose(%m) {perm=[0, 2, 3, 1]}
output %y
)", R"(
input %x: f32[2,3,4,5]
input %z: f32[2,3,4,5]
%c = concat(%x, %z) {axis=3}
%p = pad(%c) {mode="constant", pads=[0, 1, 2, 0, 0, 3, 4, 0], value=0.0}
%s = softmax(%p) {axis=3}
%y = reduce_mean(%s) {axes=[1, 2], keepdims=1} @"m"
output %y
)");
}

TEST_CASE("nhwc moves a transpose down from a convolution and up to an input, where as many remain") {
  check_pass("nhwc, merge-transposes", R"(
input %x: f32[1,3,4,4]
%p = pad(%x) {mode="constant", pads=[0, 0, 1, 1, 0, 0, 1, 1], value=0.0}
%t = transpose(%p) {perm=[0, 2, 3, 1]}
%c = max_pool(%t) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[2, 2]}
%u = transpose(%c) {perm=[0, 3, 1, 2]}
%y = tanh(%u)
output %y
)", R"(
input %x: f32[1,3,4,4]
%x_1 = transpose(%x) {perm=[0, 2, 3, 1]} @"x"
%p = pad(%x_1) {mode="constant", pads=[0, 1, 1, 0, 0, 1, 1, 0], value=0.0}
%c = max_pool(%p) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[2, 2]}
%y_1 = tanh(%c) @"y"
%y = transpose(%y_1) {perm=[0, 3, 1, 2]}
output %y
)");
}

TEST_CASE("nhwc leaves a node whose other operands would need transposes of their own") {
  check_pass_leaves("nhwc", R"(
input %x: f32[1,2,2,3]
input %z: f32[1,3,2,2]
input %v: f32[1,3,2,2]
%a = transpose(%x) {perm=[0, 3, 1, 2]}
%b = add(%a, %z)
%y = add(%b, %v)
output %y
)");
}

TEST_CASE("a residual block of channels-first convolutions ends as convolutions and one addition") {
  Graph graph = graph_of(R"(
input %x: f32[1,4,6,6]
const %w: f32[4,1,1,4] = [1.0, 0.0, 0.5, 0.0, 0.0, 1.0, 0.0, 0.5, 0.5, 0.0, 1.0, 0.0, 0.0, 0.5, 0.0, 1.0]
const %scale: f32[4] = [1.0, 2.0, 3.0, 4.0]
const %zero: f32[4] = [0.1, 0.2, 0.3, 0.4]
const %one: f32[4] = [1.0, 1.0, 1.0, 1.0]
%t0 = transpose(%x) {perm=[0, 2, 3, 1]}
%c0 = conv2d(%t0, %w, none) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%u0 = transpose(%c0) {perm=[0, 3, 1, 2]}
%r0 = relu(%u0)
%t1 = transpose(%r0) {perm=[0, 2, 3, 1]}
%c1 = conv2d(%t1, %w, none) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%u1 = transpose(%c1) {perm=[0, 3, 1, 2]}
%tb = transpose(%u1) {perm=[0, 2, 3, 1]}
%b1 = batch_norm(%tb, %scale, %zero, %zero, %one) {epsilon=0.001}
%ub = transpose(%b1) {perm=[0, 3, 1, 2]}
%sum = add(%ub, %r0)
%r1 = relu(%sum)
%t2 = transpose(%r1) {perm=[0, 2, 3, 1]}
%pool = average_pool(%t2) {count_include_pad=0, dilations=[1, 1], kernel=[6, 6], pads=[0, 0, 0, 0], strides=[6, 6]}
%u2 = transpose(%pool) {perm=[0, 3, 1, 2]}
%y = reshape(%u2) {shape=[1, 4]}
output %y
)");
  const Graph original = graph;
  REQUIRE(run_passes(graph, "canonicalize").ok());
  std::vector<std::string> ops;
  for (const NodeId id : graph.nodes()) ops.emplace_back(graph.node(id).op().name);
  CHECK(ops == std::vector<std::string>{"transpose", "conv2d", "conv2d", "add", "average_pool", "reshape"});
  check_equivalent(original, graph);
}

}  // namespace
}  // namespace tinyc
