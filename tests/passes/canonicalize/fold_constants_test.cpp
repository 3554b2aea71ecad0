#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("fold-constants evaluates chains of constants") {
  check_pass("fold-constants", R"(
input %x: f32[3,2]
const %w: f32[2,3] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
const %two: f32[] = [2.0]
%t = transpose(%w) {perm=[1, 0]}
%s = mul(%t, %two)
%y = add(%x, %s)
output %y
)", R"(
input %x: f32[3,2]
const %s: f32[3,2] = [2.0, 8.0, 4.0, 10.0, 6.0, 12.0]
%y = add(%x, %s)
output %y
)");
}

TEST_CASE("fold-constants leaves alone what would make constants explode") {
  const std::string graph = R"(
input %x: f32[4,4]
const %a: f32[4,1] = [1.0, 2.0, 3.0, 4.0]
const %b: f32[1,4] = [1.0, 2.0, 3.0, 4.0]
%outer = mul(%a, %b)
%y = add(%x, %outer)
output %y
)";
  check_pass_leaves("fold-constants{max_elements=15}", graph);
  Graph folded = graph_of(graph);
  REQUIRE(run_passes(folded, "fold-constants{max_elements=16}").ok());
  CHECK(folded.nodes().size() == 1);
}

TEST_CASE("fold-constants leaves an output of the graph to be computed") {
  check_pass_leaves("fold-constants", R"(
input %x: f32[2]
const %a: f32[2] = [1.0, -2.0]
%y = relu(%a)
output %y
)");
}

}  // namespace
}  // namespace tinyc
