#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

const std::string window = "dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]";
const std::string statistics = R"(
const %scale: f32[2] = [2.0, -1.0]
const %shift: f32[2] = [1.0, 0.5]
const %mean: f32[2] = [3.0, 0.25]
const %variance: f32[2] = [3.5, 0.5]
)";  // a = [1, -1], b = [-2, 0.75] for epsilon 0.5

TEST_CASE("fold-batch-norm folds into the convolution before it") {
  check_pass("fold-batch-norm", R"(
input %x: f32[1,4,4,1]
const %w: f32[2,2,1,1] = [1.0, 2.0, 3.0, 4.0])" + statistics + R"(
%y = conv2d(%x, %w, none) {)" + window + R"(} @"conv"
%z = batch_norm(%y, %scale, %shift, %mean, %variance) {epsilon=0.5}
output %z
)", R"(
input %x: f32[1,4,4,1]
const %w: f32[2,2,1,1] = [1.0, 2.0, -3.0, -4.0]
const %conv_bias: f32[2] = [-2.0, 0.75]
%z = conv2d(%x, %w, %conv_bias) {)" + window + R"(} @"conv"
output %z
)");
}

TEST_CASE("fold-batch-norm folds into a fully connected node, through a reshape that keeps the channels") {
  check_pass("fold-batch-norm", R"(
input %x: f32[3,2]
const %w: f32[2,2] = [1.0, 2.0, 3.0, 4.0]
const %b: f32[2] = [1.0, 2.0])" + statistics + R"(
%y = fully_connected(%x, %w, %b)
%r = reshape(%y) {shape=[1, 3, 2]}
%z = batch_norm(%r, %scale, %shift, %mean, %variance) {epsilon=0.5}
output %z
)", R"(
input %x: f32[3,2]
const %w: f32[2,2] = [1.0, 2.0, -3.0, -4.0]
const %b: f32[2] = [-1.0, -1.25]
%y = fully_connected(%x, %w, %b)
%z = reshape(%y) {shape=[1, 3, 2]} @"r"
output %z
)");
}

TEST_CASE("fold-batch-norm folds into the convolution after it, each group its own channels") {
  check_pass("fold-batch-norm", R"(
input %x: f32[1,4,4,2]
const %w: f32[2,1,2,1] = [1.0, 2.0, 3.0, 4.0])" + statistics + R"(
%y = batch_norm(%x, %scale, %shift, %mean, %variance) {epsilon=0.5}
%z = conv2d(%y, %w, none) {dilations=[1, 1], groups=2, pads=[0, 0, 0, 0], strides=[1, 1]}
output %z
)", R"(
input %x: f32[1,4,4,2]
const %w: f32[2,1,2,1] = [1.0, 2.0, -3.0, -4.0]
const %z_bias: f32[2] = [-6.0, 5.25]
%z = conv2d(%x, %w, %z_bias) {dilations=[1, 1], groups=2, pads=[0, 0, 0, 0], strides=[1, 1]}
output %z
)");
}

TEST_CASE("fold-batch-norm does not fold across a bound, a second reader or into a convolution that pads") {
  check_pass_leaves("fold-batch-norm", R"(
input %x: f32[1,4,4,1]
const %w: f32[2,1,1,1] = [1.0, 2.0]
const %v: f32[1,1,1,2] = [1.0, 2.0])" + statistics + R"(
%a = conv2d(%x, %w, none) {clamp_low=0.0, )" + window + R"(}
%b = batch_norm(%a, %scale, %shift, %mean, %variance) {epsilon=0.5}
%c = conv2d(%b, %v, none) {dilations=[1, 1], groups=1, pads=[1, 0, 0, 0], strides=[1, 1]}
%d = conv2d(%x, %w, none) {)" + window + R"(}
%e = batch_norm(%d, %scale, %shift, %mean, %variance) {epsilon=0.5}
output %c, %d, %e
)");
}

TEST_CASE("batch-norm-to-depthwise makes a convolution of one that stands alone") {
  check_pass("batch-norm-to-depthwise, merge-reshapes", R"(
input %x: f32[1,5,2]
input %image: f32[1,2,2,2])" + statistics + R"(
%y = batch_norm(%x, %scale, %shift, %mean, %variance) {epsilon=0.5} @"bn"
%z = batch_norm(%image, %scale, %shift, %mean, %variance) {epsilon=0.5} @"bn2"
output %y, %z
)", R"(
input %x: f32[1,5,2]
input %image: f32[1,2,2,2]
const %bn_weight: f32[2,1,1,1] = [1.0, -1.0]
const %bn_bias: f32[2] = [-2.0, 0.75]
const %bn2_weight: f32[2,1,1,1] = [1.0, -1.0]
const %bn2_bias: f32[2] = [-2.0, 0.75]
%bn = reshape(%x) {shape=[1, 1, 5, 2]}
%bn_1 = conv2d(%bn, %bn_weight, %bn_bias) {dilations=[1, 1], groups=2, pads=[0, 0, 0, 0], strides=[1, 1]} @"bn"
%y = reshape(%bn_1) {shape=[1, 5, 2]} @"bn"
%z = conv2d(%image, %bn2_weight, %bn2_bias) {dilations=[1, 1], groups=2, pads=[0, 0, 0, 0], strides=[1, 1]} @"bn2"
output %y, %z
)");
}

}  // namespace
}  // namespace tinyc
