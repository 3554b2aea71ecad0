#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("fuse-activation bounds the node before, one bound on top of another") {
  check_pass("fuse-activation", R"(
input %x: f32[1,4,4,1]
input %s: f32[1,4,4,1]
%a = add(%x, %s)
%b = relu(%a)
%c = clip(%b) {clamp_high=6.0, clamp_low=-1.0}
%d = max_pool(%c) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[2, 2]}
%y = clip(%d) {clamp_low=0.5}
%e = relu(%s)
%z = clip(%e) {clamp_high=1.0}
output %y, %z
)", R"(
input %x: f32[1,4,4,1]
input %s: f32[1,4,4,1]
%a = add(%x, %s) {clamp_high=6.0, clamp_low=0.0}
%y = max_pool(%a) {clamp_low=0.5, dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[2, 2]} @"d"
%z = clip(%s) {clamp_high=1.0, clamp_low=0.0} @"e"
output %y, %z
)");
}

TEST_CASE("fuse-activation composes bounds that do not meet") {
  check_pass("fuse-activation", R"(
input %x: f32[8]
%a = clip(%x) {clamp_high=1.0, clamp_low=-1.0}
%y = clip(%a) {clamp_high=5.0, clamp_low=3.0}
output %y
)", R"(
input %x: f32[8]
%y = clip(%x) {clamp_high=3.0, clamp_low=3.0} @"a"
output %y
)");
}

TEST_CASE("fuse-activation leaves results that are read elsewhere, and other nodes") {
  check_pass_leaves("fuse-activation", R"(
input %x: f32[4]
%a = add(%x, %x)
%b = relu(%a)
%c = tanh(%a)
%d = relu(%c)
%e = sub(%x, %b)
%f = relu(%e)
output %d, %e, %f
)");
}

}  // namespace
}  // namespace tinyc
