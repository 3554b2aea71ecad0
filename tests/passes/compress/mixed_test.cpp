// Graphs of int8 and float nodes: what the quantize pass leaves in float, and the conversions it puts around it.
#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/quant/metrics.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

std::string quantized(const std::string& text, const std::string& pass, Trace* trace = nullptr) {
  Graph graph = graph_of("graph \"g\" stage=calibrated\n" + text);
  require_ok(transform(graph, pass, nullptr, trace));
  return print(graph);
}

Error refusal(const std::string& text, const std::string& pass) {
  Graph graph = graph_of("graph \"g\" stage=calibrated\n" + text);
  const Status status = transform(graph, pass);
  REQUIRE_FALSE(status.ok());
  return status.error();
}

const std::string weights = "const %w: f32[2,2] = [1.27, 0, 0, 1.27]\n";

}  // namespace

TEST_CASE("a layer kept in float stands between conversions, one per value") {
  CHECK(quantized("input %x: f32[1,2] range(0, 2.55)\n" + weights + R"(
%a: f32[1,2] range(0, 2.55) = fully_connected(%x, %w)
%b: f32[1,2] range(-1, 1.55) = fully_connected(%a, %w) @"head/one"
%c: f32[1,2] range(0, 5.1) = fully_connected(%a, %w) @"head/two"
%y: f32[1,2] range(0, 2.55) = fully_connected(%b, %w)
%z: f32[1,2] range(0, 2.55) = fully_connected(%b, %w)
output %y, %z, %c
)", "quantize{keep_float=[\"head/*\"]}") == R"(graph "g" stage=quantized
input %x: i8[1,2] quant(0.01:-128) range(0, 2.55)
const %w: f32[2,2] = [1.27, 0, 0, 1.27]
const %w_1: i8[2,2] quant(axis=0, scale=[0.010000001, 0.010000001], zero_point=[0, 0]) = [127, 0, 0, 127]
%a: i8[1,2] quant(0.01:-128) range(0, 2.55) = fully_connected(%x, %w_1)
%a_real: f32[1,2] range(0, 2.55) = dequantize(%a)
%b: f32[1,2] range(-1, 1.55) = fully_connected(%a_real, %w) @"head/one"
%c: f32[1,2] range(0, 5.1) = fully_connected(%a_real, %w) @"head/two"
%b_stored: i8[1,2] quant(0.01:-28) range(-1, 1.55) = quantize(%b) {scale=0.009999999776482582, zero_point=-28}
%y: i8[1,2] quant(0.01:-128) range(0, 2.55) = fully_connected(%b_stored, %w_1)
%z: i8[1,2] quant(0.01:-128) range(0, 2.55) = fully_connected(%b_stored, %w_1)
output %y, %z, %c
)");
}

TEST_CASE("inputs that only float layers read stay float, and what stands between float layers joins them") {
  Trace trace;
  const std::string text = quantized("input %x: f32[2,1] range(-1, 1)\n" + weights + R"(
%t: f32[1,2] range(-1, 1) = transpose(%x) {perm=[1, 0]}
%a: f32[1,2] range(-1, 1) = fully_connected(%t, %w) @"first"
%r: f32[1,2] range(0, 1) = tanh(%a)
%s: f32[1,2] range(-1, 1) = add(%r, %a)
%b: f32[1,2] range(-1, 1) = fully_connected(%s, %w) @"second"
%c: f32[1,2] range(-1, 1) = fully_connected(%b, %w) @"third"
%u: f32[1,2] range(-1, 1) = tanh(%c)
%y: f32[2,1] range(-1, 1) = transpose(%b) {perm=[1, 0]}
output %u, %y
)", "quantize{keep_float=[first, second]}", &trace);
  CHECK_THAT(text, Catch::Contains("input %x: f32[2,1]") && Catch::Contains("%r: f32[1,2] range(0, 1) = tanh(%a)") &&
                       Catch::Contains("%s: f32[1,2]") && Catch::Contains("%b: f32[1,2]") &&
                       Catch::Contains("%b_stored: i8[1,2]") && Catch::Contains("%c: i8[1,2]") &&
                       Catch::Contains("%u: i8[1,2]") && Catch::Contains("%y: f32[2,1]"));
  CHECK_THAT(text, !Catch::Contains("dequantize"));
  std::vector<std::string> reasons;
  for (const PassNote& note : trace.notes)
    if (note.facts.has("float")) reasons.push_back(note.layer + ": " + note.facts.text("float"));
  CHECK(reasons == std::vector<std::string>{"t: the layers around it are computed in float", "first: --keep-float first",
                                            "r: the layers around it are computed in float",
                                            "s: the layers around it are computed in float", "second: --keep-float second",
                                            "y: the layers around it are computed in float"});
  CHECK(trace.warnings == std::vector<std::string>{
                              "6 of 8 layers run in float, 66.7 % of the multiply-accumulates: t, first, r, s, second, ..."});
}

TEST_CASE("what stores a float result writes the parameters its reader asks for") {
  const std::string text = quantized("input %x: f32[1,2] range(-1, 1)\n" + weights + R"(
%a: f32[1,2] range(-1, 1) = fully_connected(%x, %w)
%b: f32[1,2] range(-2, 2) = fully_connected(%a, %w) @"island"
%y: f32[1,4] range(-5.1, 5.1) = concat(%a, %b) {axis=1}
output %y
)", "quantize{keep_float=[\"isl?nd\"]}");
  CHECK_THAT(text, Catch::Contains("%b_stored: i8[1,2] quant(0.04:0) range(-2, 2)") &&
                       Catch::Contains("%y: i8[1,4] quant(0.04:0)") && Catch::Contains("concat(%a_requantized, %b_stored)"));
}

TEST_CASE("a float result is cut down before it is stored") {
  const std::string text = quantized("input %x: f32[1,2] range(-1, 1)\n" + weights + R"(
const %u: f32[8,2] = [1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1]
%a: f32[1,8] range(-2, 2) = fully_connected(%x, %u) @"island"
%r: f32[4,2] range(-2, 2) = reshape(%a) {shape=[4, 2]}
%l: f32[1,2] range(-1, 1) = slice(%r) {sizes=[1, 2], starts=[3, 0], steps=[1, 1]}
%y: f32[1,2] range(-5.1, 5.1) = fully_connected(%l, %w)
output %y
)", "quantize{keep_float=[island]}");
  CHECK_THAT(text, Catch::Contains("%l: f32[1,2]") && Catch::Contains("%l_stored: i8[1,2] quant(0.007843138:-1)"));
}

TEST_CASE("a pattern that matches nothing is an error with near names") {
  const Error error = refusal("input %x: f32[1,2] range(-1, 1)\n" + weights + R"(
%y: f32[1,2] range(-1, 1) = fully_connected(%x, %w) @"encoder"
output %y
)", "quantize{keep_float=[encode, \"*\", zzz]}");
  REQUIRE(error.diagnostics().size() == 2);
  CHECK(error.exit_code() == ExitCode::usage);
  CHECK(error.diagnostics()[0].remedy == "did you mean 'encoder'?");
  CHECK(error.diagnostics()[1].where == "--keep-float zzz");
}

TEST_CASE("infinite constants are refused in int8 layers only") {
  const std::string model = "input %x: f32[1,2] range(-1, 1)\nconst %m: f32[1,2] = [0, -inf]\n"
                            "%y: f32[1,2] range(-1, 1) = add(%x, %m) @\"mask\"\noutput %y\n";
  CHECK(refusal(model, "quantize").diagnostics()[0].id == "TC4020");
  CHECK_THAT(quantized(model, "quantize{keep_float=[mask]}"), Catch::Contains("%y: f32[1,2]"));
}

// Random networks with residual and depthwise layers, some layers of which are float: the other passes leave the float ones
// as they are, and the whole stays near to the float network.
TEST_CASE("a mixed network computes what the float network does, within noise, and loses its dead channels exactly") {
  Rng rng(11);
  const auto constant = [&](const std::string& name, const std::string& shape, int count, int dead) {
    std::string text = "const %" + name + ": f32" + shape + " = [";
    for (int i = 0; i < count; ++i) text += (i ? ", " : "") + (i < dead ? "0" : std::to_string(0.4 * rng.normal()));
    return text + "]\n";
  };
  const std::string same = "{dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}";
  const Graph real = graph_of("graph \"g\" stage=canonical\ninput %x: f32[1,4,4,3]\n" + constant("w1", "[8,1,1,3]", 24, 12) +
                              constant("w2", "[8,3,3,1]", 72, 0) + constant("w3", "[8,1,1,8]", 64, 8) +
                              constant("w4", "[4,1,1,8]", 32, 0) +
                              "%a: f32[1,4,4,8] = conv2d(%x, %w1) " + same + " @\"a\"\n" +
                              "%b: f32[1,4,4,8] = conv2d(%a, %w2) {clamp_low=0.0, dilations=[1, 1], groups=8, "
                              "pads=[1, 1, 1, 1], strides=[1, 1]} @\"b\"\n"
                              "%c: f32[1,4,4,8] = conv2d(%b, %w3) " + same + " @\"c\"\n%d: f32[1,4,4,8] = add(%c, %b) @\"d\"\n" +
                              "%y: f32[1,4,4,4] = conv2d(%d, %w4) " + same + " @\"e\"\noutput %y\n");
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 16; ++i) {
    std::vector<double> values(48);
    for (double& value : values) value = rng.normal();
    samples.push_back({Tensor::of<double>({1, 4, 4, 3}, values).cast(DType::f32)});
  }
  const auto data = make_dataset(samples);
  for (const std::string kept : {"a", "b", "c", "d", "[a, c]", "[b, e]", "\"*\""}) {
    INFO(kept);
    Graph graph = real;
    require_ok(transform(graph,
                         "calibrate, quantize{keep_float=" + (kept.front() == '[' ? kept : "[" + kept + "]") + "}", data.get()));
    Graph smaller = graph;
    require_ok(transform(smaller, "remove-dead-channels"));
    Sqnr sqnr;
    for (const auto& sample : samples) {
      const auto expected = run(real, sample);
      std::vector<Tensor> inputs = sample;
      const Type& type = graph.value(graph.inputs()[0]).type();
      if (type.is_quantized()) inputs[0] = quantize_tensor(inputs[0], type);
      const auto got = run(graph, inputs), less = run(smaller, inputs);
      REQUIRE(got.ok());
      REQUIRE(less.ok());
      CHECK((*got)[0] == (*less)[0]);
      const Type& output = graph.value(graph.outputs()[0]).type();
      sqnr.add(output.is_quantized() ? dequantize_tensor((*got)[0], *output.quantization) : (*got)[0], (*expected)[0]);
    }
    CHECK(*sqnr.decibels() > 25);
  }
}

}  // namespace tinyc
