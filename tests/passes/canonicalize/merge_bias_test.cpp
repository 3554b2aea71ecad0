#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("merge-bias makes additions and subtractions of constants a bias") {
  check_pass("merge-bias", R"(
input %x: f32[2,2]
const %w: f32[2,2] = [1.0, 2.0, 3.0, 4.0]
const %c: f32[2] = [1.0, 2.0]
const %d: f32[] = [0.5]
const %e: f32[1,2] = [10.0, 20.0]
%a = fully_connected(%x, %w, none) @"fc"
%b = add(%a, %c)
%s = sub(%b, %d)
%y = sub(%e, %s) {clamp_low=0.0}
output %y
)", R"(
input %x: f32[2,2]
const %w: f32[2,2] = [-1.0, -2.0, -3.0, -4.0]
const %fc_bias: f32[2] = [9.5, 18.5]
%y = fully_connected(%x, %w, %fc_bias) {clamp_low=0.0} @"fc"
output %y
)");
}

TEST_CASE("merge-bias folds what is added before a convolution, unless it pads") {
  check_pass("merge-bias", R"(
input %x: f32[1,2,2,2]
const %w: f32[1,1,1,2] = [1.0, 2.0]
const %v: f32[1,1,1,2] = [1.0, 2.0]
const %c: f32[2] = [1.0, 3.0]
%a = add(%x, %c)
%y = conv2d(%a, %w, none) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%b = add(%x, %c)
%z = conv2d(%b, %v, none) {dilations=[1, 1], groups=1, pads=[0, 1, 0, 0], strides=[1, 1]}
output %y, %z
)", R"(
input %x: f32[1,2,2,2]
const %v: f32[1,1,1,2] = [1.0, 2.0]
const %c: f32[2] = [1.0, 3.0]
const %w: f32[1,1,1,2] = [1.0, 2.0]
const %y_bias: f32[1] = [7.0]
%y = conv2d(%x, %w, %y_bias) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%b = add(%x, %c)
%z = conv2d(%b, %v, none) {dilations=[1, 1], groups=1, pads=[0, 1, 0, 0], strides=[1, 1]}
output %y, %z
)");
}

TEST_CASE("merge-bias leaves a constant that makes the result larger") {
  check_pass_leaves("merge-bias", R"(
input %x: f32[1,2]
const %w: f32[1,2] = [1.0, 2.0]
const %c: f32[3] = [1.0, 2.0, 3.0]
%a = fully_connected(%x, %w, none)
%y = add(%a, %c)
output %y
)");
}

}  // namespace
}  // namespace tinyc
