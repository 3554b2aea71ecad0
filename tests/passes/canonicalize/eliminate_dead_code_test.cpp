#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("eliminate-dead-code removes what nobody reads, chain by chain, and keeps inputs") {
  check_pass("eliminate-dead-code", R"(
input %x: f32[4]
input %unread: f32[4]
const %c: f32[4] = [1.0, 2.0, 3.0, 4.0]
%a = relu(%x)
%b = add(%a, %c)
%y = tanh(%x)
output %y
)", R"(
input %x: f32[4]
input %unread: f32[4]
%y = tanh(%x)
output %y
)");
}

TEST_CASE("eliminate-dead-code keeps a node of which one result is read, and an unread output") {
  check_pass_leaves("eliminate-dead-code", R"(
input %x: f32[4]
%a = relu(%x)
%y = tanh(%a)
output %y, %a
)");
}

}  // namespace
}  // namespace tinyc
