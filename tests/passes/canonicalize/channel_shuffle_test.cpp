#include "tests/passes/pass_fixture.h"

using namespace tinyc;

TEST_CASE("channel-shuffle makes one take of a reshape, a transpose and a reshape") {
  check_pass("channel-shuffle", R"(
input %x: f32[1,6,2,2]
%a = reshape(%x) {shape=[1, 2, 3, 2, 2]}
%b = transpose(%a) {perm=[0, 2, 1, 3, 4]}
%y = reshape(%b) {shape=[1, 6, 2, 2]}
output %y
)", R"(
input %x: f32[1,6,2,2]
%y = take(%x) {axis=1, indices=[0, 3, 1, 4, 2, 5]}
output %y
)");
}

TEST_CASE("channel-shuffle knows halves that are indexed after the shuffle, and channels last") {
  check_pass("(gather-to-take, channel-shuffle, eliminate-dead-code)*", R"(
input %x: f32[1,6,2,2]
const %zero: i64[] = [0]
const %one: i64[] = [1]
%a = reshape(%x) {shape=[3, 2, 4]}
%b = transpose(%a) {perm=[1, 0, 2]}
%c = reshape(%b) {shape=[2, 1, 3, 2, 2]}
%y = gather(%c, %zero) {axis=0}
%z = gather(%c, %one) {axis=0}
output %y, %z
)", R"(
input %x: f32[1,6,2,2]
%y = take(%x) {axis=1, indices=[0, 2, 4]}
%z = take(%x) {axis=1, indices=[1, 3, 5]}
output %y, %z
)");
  check_pass("channel-shuffle", R"(
input %x: f32[1,2,2,6]
%t = transpose(%x) {perm=[0, 3, 1, 2]}
%a = reshape(%t) {shape=[1, 2, 3, 2, 2]}
%b = transpose(%a) {perm=[0, 2, 1, 3, 4]}
%c = reshape(%b) {shape=[1, 6, 2, 2]}
%d = slice(%c) {starts=[0, 3, 0, 0], steps=[1, 1, 1, 1], sizes=[1, 3, 2, 2]}
%y = transpose(%d) {perm=[0, 2, 3, 1]}
output %y
)", R"(
input %x: f32[1,2,2,6]
%y = take(%x) {axis=3, indices=[4, 2, 5]}
output %y
)");
}

TEST_CASE("channel-shuffle makes nothing of shuffles that cancel, one slice of several") {
  check_pass("channel-shuffle", R"(
input %x: f32[1,6]
%r = relu(%x)
%a = reshape(%r) {shape=[1, 2, 3]}
%b = transpose(%a) {perm=[0, 2, 1]}
%c = transpose(%b) {perm=[0, 2, 1]}
%d = reshape(%c) {shape=[1, 6]}
%e = slice(%d) {starts=[0, 1], steps=[1, 1], sizes=[1, 5]}
%y = slice(%e) {starts=[0, 1], steps=[1, 1], sizes=[1, 3]}
output %y
)", R"(
input %x: f32[1,6]
%r = relu(%x)
%y = slice(%r) {starts=[0, 2], steps=[1, 1], sizes=[1, 3]}
output %y
)");
}

TEST_CASE("channel-shuffle leaves what moves elements along two axes") {
  check_pass_leaves("channel-shuffle", R"(
input %x: f32[1,4,2,2]
%a = reshape(%x) {shape=[1, 2, 2, 2, 2]}
%b = transpose(%a) {perm=[0, 1, 3, 2, 4]}
%y = reshape(%b) {shape=[1, 4, 2, 2]}
output %y
)");
  check_pass_leaves("channel-shuffle", R"(
input %x: f32[1,4,2,2]
%a = transpose(%x) {perm=[0, 2, 3, 1]}
%y = slice(%a) {starts=[0, 0, 0, 1], steps=[1, 1, 1, 1], sizes=[1, 2, 2, 2]}
output %y
)");
}
