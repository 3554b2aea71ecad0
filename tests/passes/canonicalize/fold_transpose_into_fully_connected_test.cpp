#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("fold-transpose-into-fully-connected permutes the columns of the weights") {
  check_pass("fold-transpose-into-fully-connected, fold-constants", R"(
input %x: f32[1,2,2,2]
const %w: f32[1,8] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
%t = transpose(%x) {perm=[0, 3, 1, 2]}
%flat = reshape(%t) {shape=[1, 8]}
%y = fully_connected(%flat, %w, none)
output %y
)", R"(
input %x: f32[1,2,2,2]
const %w: f32[1,8] = [0.0, 4.0, 1.0, 5.0, 2.0, 6.0, 3.0, 7.0]
%flat_1 = reshape(%x) {shape=[1, 8]} @"flat"
%y = fully_connected(%flat_1, %w, none)
output %y
)");
}

TEST_CASE("fold-transpose-into-fully-connected leaves a transpose that mixes rows") {
  check_pass_leaves("fold-transpose-into-fully-connected", R"(
input %x: f32[2,3,2]
const %w: f32[1,6] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
%t = transpose(%x) {perm=[1, 0, 2]}
%flat = reshape(%t) {shape=[2, 6]}
%y = fully_connected(%flat, %w, none)
output %y
)");
}

}  // namespace
}  // namespace tinyc
