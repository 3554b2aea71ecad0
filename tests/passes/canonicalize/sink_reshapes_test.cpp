#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("sink-reshapes moves a reshape below element-wise nodes") {
  check_pass("sink-reshapes, fold-constants, merge-reshapes", R"(
input %x: f32[1,1,3,2]
input %s: f32[1,1,3,2]
const %c: f32[2] = [1.0, 2.0]
const %full: f32[1,3,2] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
%a = reshape(%x) {shape=[1, 3, 2]}
%b = reshape(%s) {shape=[1, 3, 2]}
%d = add(%a, %b)
%e = mul(%d, %c)
%f = add(%full, %e)
%y = relu(%f)
output %y
)", R"(
input %x: f32[1,1,3,2]
input %s: f32[1,1,3,2]
%d = add(%x, %s)
const %c: f32[1,1,1,2] = [1.0, 2.0]
%e = mul(%d, %c)
const %full: f32[1,1,3,2] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
%f = add(%full, %e)
%y_1 = relu(%f) @"y"
%y = reshape(%y_1) {shape=[1, 3, 2]} @"b"
output %y
)");
}

TEST_CASE("sink-reshapes remaps the axes of concat, pad and reduce_mean") {
  check_pass("(sink-reshapes, merge-reshapes)*", R"(
input %x: f32[1,1,3,2]
input %s: f32[1,1,3,2]
%a = reshape(%x) {shape=[1, 3, 2]}
%b = reshape(%s) {shape=[1, 3, 2]}
%c = concat(%a, %b) {axis=2}
%p = pad(%c) {mode="constant", pads=[0, 1, 0, 0, 2, 0], value=0.0}
%y = reduce_mean(%p) {axes=[1], keepdims=0}
output %y
)", R"(
input %x: f32[1,1,3,2]
input %s: f32[1,1,3,2]
%c = concat(%x, %s) {axis=3}
%p = pad(%c) {mode="constant", pads=[0, 0, 1, 0, 0, 0, 2, 0], value=0.0}
%y_1 = reduce_mean(%p) {axes=[2], keepdims=1} @"y"
%y = reshape(%y_1) {shape=[1, 4]} @"y"
output %y
)");
}

TEST_CASE("sink-reshapes leaves constants that vary along axes the reshape cuts, and broadcasts") {
  check_pass_leaves("sink-reshapes", R"(
input %x: f32[2,6]
const %c: f32[3,1] = [1.0, 2.0, 3.0]
%a = reshape(%x) {shape=[4, 3]}
%r = reshape(%a) {shape=[4, 1, 3]}
%y = add(%r, %c)
output %y
)");
}

}  // namespace
}  // namespace tinyc
