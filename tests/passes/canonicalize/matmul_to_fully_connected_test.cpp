#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

TEST_CASE("matmul-to-fully-connected transposes the constant matrix") {
  check_pass("matmul-to-fully-connected, fold-constants", R"(
input %x: f32[4,3]
const %w: f32[3,2] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
%y = matmul(%x, %w) {clamp_low=0.0}
output %y
)", R"(
input %x: f32[4,3]
const %w: f32[2,3] = [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]
%y = fully_connected(%x, %w, none) {clamp_low=0.0}
output %y
)");
}

TEST_CASE("matmul-to-fully-connected leaves a constant on the left, and batches") {
  check_pass_leaves("matmul-to-fully-connected", R"(
input %x: f32[2,3,2]
const %w: f32[2,3] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
const %v: f32[2,2,1] = [1.0, 2.0, 3.0, 4.0]
%a = matmul(%w, %x)
%y = matmul(%x, %v)
output %a, %y
)");
}

}  // namespace
}  // namespace tinyc
