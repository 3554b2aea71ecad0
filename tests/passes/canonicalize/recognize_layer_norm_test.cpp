#include "tests/passes/pass_fixture.h"

using namespace tinyc;

TEST_CASE("recognize-layer-norm makes a normalization written out one node, with its scale and bias") {
  check_pass("recognize-layer-norm", R"(
input %x: f32[1,6,8]
const %two: f32[] = [2]
const %epsilon: f32[] = [0.001]
const %scale: f32[8] = [1, 2, 3, 4, 5, 6, 7, 8]
const %bias: f32[8] = [8, 7, 6, 5, 4, 3, 2, 1]
%mean = reduce_mean(%x) {axes=[2], keepdims=1}
%difference = sub(%x, %mean)
%squares = pow(%difference, %two)
%variance = reduce_mean(%squares) {axes=[2], keepdims=1}
%raised = add(%variance, %epsilon)
%deviation = sqrt(%raised)
%normal = div(%difference, %deviation)
%scaled = mul(%normal, %scale)
%y = add(%scaled, %bias)
output %y
)", R"(
input %x: f32[1,6,8]
const %scale: f32[8] = [1, 2, 3, 4, 5, 6, 7, 8]
const %bias: f32[8] = [8, 7, 6, 5, 4, 3, 2, 1]
%y = layer_norm(%x, %scale, %bias) {axes=[2], epsilon=0.0010000000474974513} @"normal"
output %y
)");
}

TEST_CASE("recognize-layer-norm knows products of differences and of the inverse deviation") {
  const std::string before = R"(
input %x: f32[2,3,4]
const %epsilon: f32[1] = [0.5]
%mean = reduce_mean(%x) {axes=[1, 2], keepdims=1}
%difference = sub(%x, %mean)
%squares = mul(%difference, %difference)
%variance = reduce_mean(%squares) {axes=[1, 2], keepdims=1}
%raised = add(%epsilon, %variance)
%deviation = sqrt(%raised)
%inverse = reciprocal(%deviation)
%y = mul(%inverse, %difference)
output %y
)";
  check_pass("recognize-layer-norm", before, R"(
input %x: f32[2,3,4]
%y = layer_norm(%x) {axes=[1, 2], epsilon=0.5}
output %y
)");
}

TEST_CASE("recognize-layer-norm leaves other means, and the deviation of something else") {
  check_pass_leaves("recognize-layer-norm", R"(
input %x: f32[2,3,4]
const %epsilon: f32[1] = [0.5]
%mean = reduce_mean(%x) {axes=[1, 2], keepdims=1}
%difference = sub(%x, %mean)
%squares = mul(%difference, %difference)
%variance = reduce_mean(%squares) {axes=[2], keepdims=1}
%raised = add(%epsilon, %variance)
%deviation = sqrt(%raised)
%y = div(%difference, %deviation)
output %y
)");
}
