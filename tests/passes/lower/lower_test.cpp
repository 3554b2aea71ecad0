#include "passes/lower/lower.h"

#include <algorithm>
#include <set>

#include "tests/support/text_graphs.h"

using namespace tinyc;
using tinyc::test::graph_of;

namespace {

CompiledModel lowered(std::string_view text, const LowerOptions& options = {}, const CoreFeatures& features = {}) {
  auto model = lower(graph_of(text), features, options);
  if (!model.ok()) FAIL(model.error().to_string());
  return std::move(*model);
}

Placement place(const CompiledModel& model, std::string_view name) {
  return model.placement_of(*model.graph.find_value(name));
}

}  // namespace

TEST_CASE("element-wise layers run in place, views cost nothing, the output is the caller's") {
  const CompiledModel model = lowered(R"(graph "g" stage=quantized
input %x: i8[1,4,4,2] quant(0.5:1)
%a: i8[1,4,4,2] quant(0.5:1) = clip(%x) {low=0.0}
%b: i8[1,32] quant(0.5:1) = reshape(%a) {shape=[1, 32]}
%c: i8[1,32] quant(0.25:0) = requantize(%b) {scale=0.25, zero_point=0}
%d: i8[1,32] quant(0.25:0) = add(%c, %c)
output %d
)");
  CHECK(model.graph.stage == Stage::planned);
  REQUIRE(model.buffers.size() == 1);
  CHECK(model.arena.peak == Bytes(32));
  for (const char* name : {"x", "a", "b"}) CHECK(place(model, name).buffer == 0);
  CHECK(place(model, "d").output == 0);
  CHECK(model.copies.empty());
  CHECK(model.layers[1].calls.empty());
}

TEST_CASE("a buffer that is read later is not overwritten") {
  const CompiledModel model = lowered(R"(graph "g" stage=quantized
input %x: i8[1,32] quant(0.5:1)
%a: i8[1,32] quant(0.5:1) = clip(%x) {low=0.0}
%b: i8[1,32] quant(0.5:1) = clip(%a) {high=3.0}
%c: i8[1,32] quant(0.5:1) = add(%a, %b)
output %c
)");
  CHECK(place(model, "a").buffer == place(model, "x").buffer);
  CHECK((place(model, "b").output == 0 || place(model, "b").buffer != place(model, "a").buffer));
  CHECK(place(model, "c").output == 0);
}

TEST_CASE("the caller's own input is never written") {
  const CompiledModel model = lowered(R"(graph "g" stage=quantized
input %x: i8[1,32] quant(0.5:1)
%a: i8[1,32] quant(0.5:1) = clip(%x) {low=0.0}
%b: i8[1,32] quant(0.5:1) = clip(%a) {high=3.0}
output %b
)",
                                      {.external_input = true});
  CHECK(place(model, "x").input == 0);
  CHECK(place(model, "a").input == -1);
  CHECK(place(model, "b").output == 0);
}

TEST_CASE("outputs that no layer can write where the caller wants them are copied") {
  const CompiledModel model = lowered(R"(graph "g" stage=quantized
input %x: i8[1,8] quant(0.5:1)
%v: i8[8] quant(0.5:1) = reshape(%x) {shape=[8]}
%a: i8[1,8] quant(0.5:1) = clip(%x) {low=0.0}
%w: i8[2,4] quant(0.5:1) = reshape(%a) {shape=[2, 4]}
output %x, %v, %a, %w, %a
)");
  CHECK(place(model, "a").output == 2);
  CHECK(place(model, "w").output == 2);
  REQUIRE(model.copies.size() == 4);
  CHECK(model.copies[0].output == 0);
  CHECK(model.copies[1].output == 1);
  CHECK(model.copies[0].before_layer == 0);
  CHECK(model.copies[2].output == 3);
  CHECK(model.copies[2].before_layer == 2);
  CHECK(model.copies[3].output == 4);
  CHECK(place(model, "x").buffer == 0);
  CHECK(model.arena.peak == Bytes(8));
}

TEST_CASE("everything that has no kernel is listed at once") {
  const auto model = lower(graph_of(R"(graph "g" stage=quantized
input %x: i8[1,8] quant(0.5:1)
%a: i8[1,8] quant(0.5:1) = clip(%x) {low=0.0} @"fine"
%b: f32[1,8] = dequantize(%a) @"fine, too"
%c: u8[1,8] quant(0.5:1) = quantize(%b) {scale=0.5, type="u8", zero_point=1} @"first"
%d: f32[1,8] = dequantize(%c) @"second"
output %d
)"),
                           {});
  REQUIRE_FALSE(model.ok());
  CHECK(model.error().exit_code() == ExitCode::unsupported);
  REQUIRE(model.error().diagnostics().size() == 2);
  CHECK(model.error().diagnostics()[0].where == "first");
  CHECK(model.error().diagnostics()[1].where == "second");
}

TEST_CASE("element types that C lacks are refused, whatever the operators") {
  const auto model = lower(graph_of(R"(graph "g" stage=canonical
input %x: f64[4]
%y: f64[4] = abs(%x)
%z: f16[4] = cast(%y) {to="f16"}
output %z
)"), {});
  REQUIRE(!model.ok());
  std::set<std::string> where;
  for (const Diagnostic& diagnostic : model.error().diagnostics()) where.insert(diagnostic.id + " " + diagnostic.where);
  CHECK(where == std::set<std::string>{"TC3012 x", "TC3012 y", "TC3012 z"});
}

TEST_CASE("an in-place result may be smaller than its operand, in the arena alone") {
  const CompiledModel model = lowered(R"(graph "g" stage=quantized
input %x: i8[1,3,3,8] quant(0.5:1)
const %w: i8[2,1,1,8] quant(axis=0, scale=[0.1, 0.1], zero_point=[0, 0]) = [1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2, 1]
const %v: i8[1,1,1,2] quant(axis=0, scale=[0.1], zero_point=[0]) = [1, 2]
%a: i8[1,3,3,2] quant(0.5:1) = conv2d(%x, %w, none) {strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], groups=1}
%b: i8[1,3,3,1] quant(0.5:1) = conv2d(%a, %v, none) {strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], groups=1}
output %b
)",
                                      {}, {.dsp = true});
  CHECK(place(model, "a").buffer == place(model, "x").buffer);
  CHECK(place(model, "b").output == 0);
  CHECK(model.buffers[0].bytes == 72);
  CHECK(model.arena.peak.count >= 72);
}
