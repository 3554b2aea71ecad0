#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("merge-reshapes makes one of a chain") {
  check_pass("merge-reshapes", R"(
input %x: f32[2,12]
%a = reshape(%x) {shape=[4, 6]}
%b = reshape(%a) {shape=[24]}
%c = reshape(%b) {shape=[2, 12]}
%y = relu(%c)
%z = tanh(%b)
output %y, %z
)", R"(
input %x: f32[2,12]
%b = reshape(%x) {shape=[24]}
%y = relu(%x)
%z = tanh(%b)
output %y, %z
)");
}

}  // namespace
}  // namespace tinyc
