#include "passes/canonicalize/passes.h"
#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("name-results calls results as their nodes, and leaves inputs, outputs and taken names") {
  check_pass("name-results", R"(
input %x: f32[2]
%a1 = relu(%x) @"a"
%a2 = tanh(%a1) @"a"
%x2 = sigmoid(%a2) @"x"
%y = relu(%x2) @"last"
output %y
)", R"(
input %x: f32[2]
%a = relu(%x)
%a_1 = tanh(%a) @"a"
%x_1 = sigmoid(%a_1) @"x"
%y = relu(%x_1) @"last"
output %y
)");
}

TEST_CASE("canonicalize runs every pass of its folder") {
  for (const Pass* pass : canonicalize_passes()) {
    INFO(pass->info.name);
    if (pass->info.name == "adopt-quantization") continue;  // changes what the graph computes
    CHECK(canonicalize_pipeline().text.find(pass->info.name) != std::string::npos);
  }
  CHECK(all_passes().size() >= canonicalize_passes().size());
}

}  // namespace
}  // namespace tinyc
