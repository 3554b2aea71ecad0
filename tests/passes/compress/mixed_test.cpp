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

}  // namespace tinyc
