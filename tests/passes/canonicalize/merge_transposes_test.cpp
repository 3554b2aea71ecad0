#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("merge-transposes cancels a pair, and merges one that does not cancel") {
  check_pass("merge-transposes", R"(
input %x: f32[1,2,3,4]
%a = transpose(%x) {perm=[0, 3, 1, 2]}
%b = transpose(%a) {perm=[0, 2, 3, 1]}
%c = transpose(%a) {perm=[0, 2, 1, 3]}
%y = relu(%b)
output %y, %c
)", R"(
input %x: f32[1,2,3,4]
%c = transpose(%x) {perm=[0, 1, 3, 2]}
%y = relu(%x)
output %y, %c
)");
}

TEST_CASE("merge-transposes makes a reshape of one that only moves axes of size 1") {
  check_pass("merge-transposes", R"(
input %x: f32[1,1,49,10]
%y = transpose(%x) {perm=[0, 2, 3, 1]}
output %y
)", R"(
input %x: f32[1,1,49,10]
%y = reshape(%x) {shape=[1, 49, 10, 1]}
output %y
)");
}

TEST_CASE("merge-transposes sees through a reshape that adds an axis of size 1") {
  check_pass("merge-transposes, merge-reshapes", R"(
input %x: f32[2,5,3]
%a = transpose(%x) {perm=[0, 2, 1]}
%b = reshape(%a) {shape=[2, 3, 1, 5]}
%c = transpose(%b) {perm=[0, 2, 3, 1]}
%y = relu(%c)
output %y
)", R"(
input %x: f32[2,5,3]
%c_1 = reshape(%x) {shape=[2, 1, 5, 3]} @"c"
%y = relu(%c_1)
output %y
)");
}

TEST_CASE("merge-transposes leaves a transpose of a true reshape") {
  check_pass_leaves("merge-transposes", R"(
input %x: f32[2,6,3]
%a = transpose(%x) {perm=[0, 2, 1]}
%b = reshape(%a) {shape=[2, 3, 2, 3]}
%y = transpose(%b) {perm=[0, 2, 3, 1]}
output %y
)");
}

}  // namespace
}  // namespace tinyc
