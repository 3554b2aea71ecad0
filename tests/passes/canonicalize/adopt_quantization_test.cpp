#include "tests/passes/pass_fixture.h"

namespace tinyc {
namespace {

// What the pass makes of a canonical graph is `after`, an imported one.
void check_adoption(const std::string& before, const std::string& after, std::string_view pipeline = "adopt-quantization") {
  Graph graph = graph_of("graph \"test\" stage=canonical\n" + before);
  const Status status = run_passes(graph, pipeline);
  if (!status.ok()) FAIL(status.error().to_string());
  CHECK(print(graph) == print(graph_of(after)));
}

const std::string parameters = R"(
const %s: f32[] = [0.5]
const %z: u8[] = [128]
)";

TEST_CASE("a pair of quantize_linear and dequantize_linear pins the value between them") {
  check_adoption(parameters + R"(
input %x: f32[4]
%a = tanh(%x)
%q = quantize_linear(%a, %s, %z)
%d = dequantize_linear(%q, %s, %z)
%y = sigmoid(%d)
output %y
)", R"(
input %x: f32[4]
%a: f32[4] pinned(0.5:0) = tanh(%x)
%y = sigmoid(%a)
output %y
)");
}

TEST_CASE("pins spread over what keeps the operand's parameters") {
  check_adoption(parameters + R"(
input %x: f32[1,2,2,1]
%q = quantize_linear(%x, %s, %z)
%d = dequantize_linear(%q, %s, %z)
%r = relu(%d)
%f = reshape(%r) {shape=[1, 4]}
%y = tanh(%f)
output %y
)", R"(
input %x: f32[1,2,2,1] pinned(0.5:0)
%r: f32[1,2,2,1] pinned(0.5:0) = relu(%x)
%f: f32[1,4] pinned(0.5:0) = reshape(%r) {shape=[1, 4]}
%y = tanh(%f)
output %y
)");
}

TEST_CASE("what moves integers moves the reals they stand for") {
  check_adoption(parameters + R"(
input %x: f32[1,2,2,1]
%q = quantize_linear(%x, %s, %z)
%m = max_pool(%q) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[1, 1]}
%f = reshape(%m) {shape=[1]}
%d = dequantize_linear(%f, %s, %z)
%y = tanh(%d)
output %y
)", R"(
input %x: f32[1,2,2,1] pinned(0.5:0)
%m_real: f32[1,1,1,1] pinned(0.5:0) = max_pool(%x) {dilations=[1, 1], kernel=[2, 2], pads=[0, 0, 0, 0], strides=[1, 1]} @"m"
%d: f32[1] pinned(0.5:0) = reshape(%m_real) {shape=[1]} @"f"
%y = tanh(%d)
output %y
)");
}

TEST_CASE("a value that is quantized twice keeps both parameters") {
  check_adoption(parameters + R"(
const %s2: f32[] = [0.25]
input %x: f32[4]
%q = quantize_linear(%x, %s, %z)
%d = dequantize_linear(%q, %s, %z)
%q2 = quantize_linear(%d, %s2, %z)
%d2 = dequantize_linear(%q2, %s2, %z)
%y = tanh(%d2)
output %y
)", R"(
input %x: f32[4] pinned(0.5:0)
%d2_1: f32[4] pinned(0.25:0) = reshape(%x) {shape=[4]} @"d2"
%y = tanh(%d2_1)
output %y
)");
}

TEST_CASE("scales that differ by a rounding are the same") {
  check_adoption(parameters + R"(
const %s2: f32[] = [0.5001]
input %x: f32[4]
%q = quantize_linear(%x, %s, %z)
%d = dequantize_linear(%q, %s2, %z)
%y = tanh(%d)
output %y
)", R"(
input %x: f32[4] pinned(0.5:0)
%y = tanh(%x)
output %y
)");
}

TEST_CASE("integers that are seen in other steps are a multiple of the reals") {
  check_adoption(parameters + R"(
const %one: f32[] = [1]
input %x: f32[4]
%q = quantize_linear(%x, %s, %z)
%d = dequantize_linear(%q, %one, %z)
%y = tanh(%d)
output %y
)", R"(
input %x: f32[4] pinned(0.5:0)
const %d_factor: f32[] = [2]
%d_1 = mul(%x, %d_factor) @"d"
%y = tanh(%d_1)
output %y
)");
}

TEST_CASE("a scale computed from the value cancels, and the value is left to calibration") {
  check_adoption(R"(
const %w: f32[] = [0.25]
const %z: u8[] = [128]
const %v: f32[1,4] = [1, 2, 3, 4]
input %x: f32[1,4]
%s = reduce_max(%x) {axes=[0, 1], keepdims=0}
%q = quantize_linear(%x, %s, %z)
%d = dequantize_linear(%q, %s, %z)
%p = fully_connected(%d, %v)
%steps = div(%p, %s)
%scales = mul(%s, %w)
%y = mul(%steps, %scales)
output %y
)", R"(
const %w: f32[] = [0.25]
const %v: f32[1,4] = [1, 2, 3, 4]
input %x: f32[1,4]
%p = fully_connected(%x, %v)
%y = mul(%p, %w)
output %y
)");
}

TEST_CASE("inputs and outputs of integers") {
  check_adoption(parameters + R"(
input %x: u8[4]
%d = dequantize_linear(%x, %s, %z)
%t = tanh(%d)
%y = quantize_linear(%t, %s, %z)
output %y
)", R"(
input %x: u8[4] quant(0.5:128)
%x_real: f32[4] pinned(0.5:0) = dequantize(%x)
%y: f32[4] pinned(0.5:0) = tanh(%x_real) @"t"
output %y
)");
}

TEST_CASE("discard leaves the float model") {
  check_adoption(parameters + R"(
input %x: f32[2]
const %w: f32[1,2] pinned(0.5:0) = [1, 2]
%q = quantize_linear(%x, %s, %z)
%d = dequantize_linear(%q, %s, %z)
%y = fully_connected(%d, %w)
output %y
)", R"(
input %x: f32[2]
const %w: f32[1,2] = [1, 2]
%y = fully_connected(%x, %w)
output %y
)", "adopt-quantization{discard=1}");
}

TEST_CASE("parameters that no int8 activation has stay") {
  for (const std::string kept : {
           "const %s: f32[2] = [0.5, 1]\nconst %z: i8[] = [0]\ninput %x: f32[4,2]\n",
           "const %s: f32[] = [0.5]\nconst %z: i16[] = [0]\ninput %x: f32[4,2]\n",
           "input %s: f32[]\nconst %z: i8[] = [0]\ninput %x: f32[4,2]\n"}) {
    const std::string text = kept + "%q = quantize_linear(%x, %s, %z)\n%d = dequantize_linear(%q, %s, %z)\n%y = tanh(%d)\noutput %y\n";
    check_adoption(text, "graph \"test\" stage=imported\n" + text);
  }
}

TEST_CASE("constants that are dequantized, reshaped and transposed keep their parameters") {
  Graph graph = graph_of(R"(
const %w: u8[2,3] = [1, 2, 3, 253, 254, 255]
const %s: f32[2,1] = [0.5, 0.25]
const %z: u8[] = [128]
input %x: f32[1,2]
%d = dequantize_linear(%w, %s, %z)
%t = transpose(%d) {perm=[1, 0]}
%y = fully_connected(%x, %t)
output %y
)");
  REQUIRE(run_passes(graph, "fold-constants").ok());
  const Value& weights = graph.value(graph.node(graph.nodes().front()).operands()[1]);
  REQUIRE(weights.is_constant());
  CHECK(weights.pinned() == Quantization{1, {0.5f, 0.25f}, {0, 0}});
  CHECK(weights.constant().to_doubles() == std::vector<double>{-63.5, 31.25, -63, 31.5, -62.5, 31.75});
}

TEST_CASE("other pins stop folding and fusion") {
  check_pass_leaves("fuse-activation", R"(
input %x: f32[1,2]
const %w: f32[1,2] = [1, 2]
%a: f32[1,1] pinned(0.5:0) = fully_connected(%x, %w)
%y: f32[1,1] pinned(0.25:-128) = relu(%a)
output %y
)");
  check_pass_leaves("merge-bias", R"(
input %x: f32[1,2]
const %w: f32[1,2] = [1, 2]
const %b: f32[1] = [3]
%a: f32[1,1] pinned(0.5:0) = fully_connected(%x, %w)
%y: f32[1,1] pinned(0.25:-128) = add(%a, %b)
output %y
)");
  check_pass("fuse-activation", R"(
input %x: f32[1,2]
const %w: f32[1,2] = [1, 2]
%a = fully_connected(%x, %w)
%y: f32[1,1] pinned(0.25:-128) = relu(%a)
output %y
)", R"(
input %x: f32[1,2]
const %w: f32[1,2] = [1, 2]
%y: f32[1,1] pinned(0.25:-128) = fully_connected(%x, %w) {clamp_low=0.0} @"a"
output %y
)");
}

}  // namespace
}  // namespace tinyc
