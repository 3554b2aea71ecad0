#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

const std::string window = "dilations=[1, 1], groups=1, pads=[1, 1, 1, 1], strides=[1, 1]";

TEST_CASE("fold-scale folds a factor per channel into the weights before it, and takes over the bounds") {
  check_pass("fold-scale", R"(
input %x: f32[1,3,3,1]
const %w: f32[2,1,1,1] = [1.0, 2.0]
const %b: f32[2] = [1.0, -1.0]
const %s: f32[1,1,1,2] = [4.0, 0.5]
%y = conv2d(%x, %w, %b) {)" + window + R"(}
%z = mul(%s, %y) {clamp_high=6.0, clamp_low=0.0}
output %z
)", R"(
input %x: f32[1,3,3,1]
const %w: f32[2,1,1,1] = [4.0, 1.0]
const %b: f32[2] = [4.0, -0.5]
%z = conv2d(%x, %w, %b) {clamp_high=6.0, clamp_low=0.0, )" + window + R"(} @"y"
output %z
)");
}

TEST_CASE("fold-scale folds one factor for all into the weights after it, which may pad") {
  check_pass("fold-scale", R"(
input %x: f32[1,3,3,2]
const %w: f32[1,1,1,2] = [1.0, 2.0]
const %s: f32[] = [0.25]
%y = mul(%x, %s)
%z = conv2d(%y, %w, none) {)" + window + R"(}
output %z
)", R"(
input %x: f32[1,3,3,2]
const %w: f32[1,1,1,2] = [0.25, 0.5]
const %z_bias: f32[1] = [0.0]
%z = conv2d(%x, %w, %z_bias) {)" + window + R"(}
output %z
)");
}

TEST_CASE("fold-scale leaves factors that differ along height or width, and bounded or shared operands") {
  check_pass_leaves("fold-scale", R"(
input %x: f32[1,3,3,1]
const %w: f32[2,1,1,1] = [1.0, 2.0]
const %rows: f32[3,1,1] = [1.0, 2.0, 3.0]
const %two: f32[] = [2.0]
%y = conv2d(%x, %w, none) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%z = mul(%y, %rows)
%v = conv2d(%x, %w, none) {clamp_low=0.0, dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%u = mul(%v, %two)
output %z, %u
)");
}

}  // namespace
}  // namespace tinyc
