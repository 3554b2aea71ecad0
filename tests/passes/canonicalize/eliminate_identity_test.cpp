#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("eliminate-identity removes what changes nothing") {
  check_pass("eliminate-identity", R"(
input %x: f32[1,4,4,2]
const %one: f32[] = [1.0]
const %zero: f32[2] = [0.0, 0.0]
%a = identity(%x)
%b = transpose(%a) {perm=[0, 1, 2, 3]}
%c = pad(%b) {mode="constant", pads=[0, 0, 0, 0, 0, 0, 0, 0], value=0.0}
%d = clip(%c)
%e = concat(%d) {axis=3}
%f = max_pool(%e) {dilations=[1, 1], kernel=[1, 1], pads=[0, 0, 0, 0], strides=[1, 1]}
%g = mul(%one, %f)
%h = sub(%g, %zero)
%i = reduce_mean(%h) {axes=[0], keepdims=1}
%y = tanh(%i)
output %y
)", R"(
input %x: f32[1,4,4,2]
%y = tanh(%x)
output %y
)");
}

TEST_CASE("eliminate-identity keeps what bounds, shrinks or broadcasts") {
  check_pass_leaves("eliminate-identity", R"(
input %x: f32[1,4,4,2]
input %scalar: f32[]
const %zeros: f32[2] = [0.0, 0.0]
const %one: f32[] = [1.0]
%a = mul(%x, %one) {clamp_low=0.0}
%b = max_pool(%a) {dilations=[1, 1], kernel=[1, 1], pads=[0, 0, 0, 0], strides=[2, 2]}
%c = add(%scalar, %zeros)
%d = sub(%one, %b)
output %c, %d
)");
}

TEST_CASE("eliminate-identity copies an input to an output by a reshape") {
  check_pass("eliminate-identity", R"(
input %x: f32[2,2]
%y = identity(%x)
output %y
)", R"(
input %x: f32[2,2]
%y = reshape(%x) {shape=[2, 2]}
output %y
)");
}

TEST_CASE("eliminate-identity gives what takes an output's place its name") {
  check_pass("eliminate-identity", R"(
input %x: f32[2,2]
%a = relu(%x)
%y = identity(%a)
output %y
)", R"(
input %x: f32[2,2]
%y = relu(%x) @"a"
output %y
)");
}

}  // namespace
}  // namespace tinyc
