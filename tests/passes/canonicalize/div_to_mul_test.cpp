#include "tests/passes/pass_fixture.h"

using namespace tinyc;

TEST_CASE("div-to-mul multiplies by reciprocals") {
  check_pass("div-to-mul", R"(
input %x: f32[2,3]
const %c: f32[3] = [2, -4, 8]
const %d: f32[3] = [1, 2, 3]
%y = div(%x, %c)
%z = div(%d, %x)
output %y, %z
)", R"(
input %x: f32[2,3]
const %d: f32[3] = [1, 2, 3]
const %c_reciprocal: f32[3] = [0.5, -0.25, 0.125]
%y = mul(%x, %c_reciprocal)
%z_1 = reciprocal(%x) @"z"
%z = mul(%z_1, %d)
output %y, %z
)");
}

TEST_CASE("div-to-mul leaves numbers over a value and divisors of zero") {
  check_pass_leaves("div-to-mul", R"(
input %x: f32[2,3]
const %one: f32[] = [1]
%y = div(%one, %x)
output %y
)");
  Graph graph = graph_of(R"(
input %x: f32[2,3]
const %zero: f32[3] = [1, 0, 2]
%y = div(%x, %zero)
output %y
)");
  const std::string before = print(graph);
  REQUIRE(run_passes(graph, "div-to-mul").ok());
  CHECK(print(graph) == before);
}
