#include "tests/passes/pass_fixture.h"

using namespace tinyc;

namespace {

void check_recognized(const std::string& nodes, const std::string& activation) {
  const std::string head = "\ninput %x: f32[2,3]\n", tail = "\noutput %y\n";
  check_pass("recognize-activation", head + nodes + tail, head + "%y = " + activation + tail);
}

}  // namespace

TEST_CASE("recognize-activation knows the usual ways to write activation functions") {
  check_recognized("%s = sigmoid(%x)\n%y = mul(%x, %s)", "swish(%x)");
  check_recognized("%s = softplus(%x)\n%t = tanh(%s)\n%y = mul(%t, %x)", "mish(%x)");
  check_recognized(R"(const %root: f32[] = [1.4142135381698608]
const %one: f32[] = [1]
const %half: f32[] = [0.5]
%a = div(%x, %root)
%b = erf(%a)
%c = add(%b, %one)
%d = mul(%x, %c)
%y = mul(%d, %half))",
                   "gelu(%x) {approximate=\"none\"}");
  check_recognized(R"(const %cubic: f32[] = [0.044715]
const %three: f32[] = [3]
const %factor: f32[] = [0.7978845608]
const %one: f32[] = [1]
const %half: f32[] = [0.5]
%p = pow(%x, %three)
%a = mul(%p, %cubic)
%b = add(%x, %a)
%c = mul(%b, %factor)
%d = tanh(%c)
%e = add(%d, %one)
%f = mul(%x, %half)
%y = mul(%f, %e))",
                   "gelu(%x) {approximate=\"tanh\"}");
  check_recognized(R"(const %three: f32[] = [3]
const %six: f32[] = [6]
%a = add(%x, %three)
%b = clip(%a) {clamp_low=0.0, clamp_high=6.0}
%c = mul(%x, %b)
%y = div(%c, %six))",
                   "hard_swish(%x)");
}

TEST_CASE("recognize-activation leaves other functions, and steps that something else reads") {
  check_pass_leaves("recognize-activation", R"(
input %x: f32[2,3]
const %factor: f32[] = [1.702]
%a = mul(%x, %factor)
%s = sigmoid(%a)
%y = mul(%x, %s)
output %y
)");
  check_pass_leaves("recognize-activation", R"(
input %x: f32[2,3]
%s = sigmoid(%x)
%y = mul(%x, %s)
output %y, %s
)");
  check_pass_leaves("recognize-activation", R"(
input %x: f32[2,3]
input %z: f32[2,3]
%s = sigmoid(%x)
%y = mul(%z, %s)
output %y
)");
}
