#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("common-subexpression computes the same thing once") {
  check_pass("common-subexpression", R"(
input %x: f32[2,3]
%a = transpose(%x) {perm=[1, 0]}
%b = transpose(%x) {perm=[1, 0]}
%c = relu(%b)
%d = relu(%a)
%y = add(%c, %d)
output %y
)", R"(
input %x: f32[2,3]
%a = transpose(%x) {perm=[1, 0]}
%c = relu(%a)
%y = add(%c, %c)
output %y
)");
}

TEST_CASE("common-subexpression tells attributes and outputs apart") {
  check_pass_leaves("common-subexpression", R"(
input %x: f32[2,3]
%a = clip(%x) {clamp_low=0.0}
%b = clip(%x) {clamp_low=1.0}
%c = clip(%x) {clamp_low=1.0}
output %a, %b, %c
)");
}

}  // namespace
}  // namespace tinyc
