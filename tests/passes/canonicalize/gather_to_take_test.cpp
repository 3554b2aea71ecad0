#include "tests/passes/pass_fixture.h"

using namespace tinyc;

TEST_CASE("gather-to-take knows lists, runs and single indices") {
  check_pass("gather-to-take", R"(
input %x: f32[2,4]
const %list: i64[3] = [1, 0, -1]
const %run: i64[2] = [2, 3]
const %one: i64[] = [-2]
%a = gather(%x, %list) {axis=1}
%b = gather(%x, %run) {axis=1}
%c = gather(%x, %one) {axis=1}
output %a, %b, %c
)", R"(
input %x: f32[2,4]
%a = take(%x) {axis=1, indices=[1, 0, 3]}
%b = slice(%x) {starts=[0, 2], steps=[1, 1], sizes=[2, 2]}
%c_1 = slice(%x) {starts=[0, 2], steps=[1, 1], sizes=[2, 1]} @"c"
%c = reshape(%c_1) {shape=[2]}
output %a, %b, %c
)");
}

TEST_CASE("gather-to-take leaves indices that are computed, and constants") {
  check_pass_leaves("gather-to-take", R"(
input %x: f32[2,4]
const %c: f32[4] = [1, 2, 3, 4]
const %list: i64[1] = [1]
%i = arg_max(%x) {axis=1, keepdims=0, select_last_index=0}
%a = gather(%c, %i) {axis=0}
%b = gather(%c, %list) {axis=0}
output %a, %b
)");
}
