// Emission of models that are not quantized: element types, unbounded parameters, the self-test's tolerance.

#include "lib/exec/interpreter.h"
#include "tests/support/build.h"
#include "tests/support/sources.h"

using namespace tinyc;
using namespace tinyc::test;

namespace {

constexpr std::string_view mixed_types = R"(graph "types" stage=canonical
input %x: f32[2,4]
input %flags: bool[2,3]
const %w: f32[3,4] = [1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, -8.0, 0.1, -0.2, 0.3, 0.4]
const %limit: f32[] = [inf]
%fc: f32[2,3] = fully_connected(%x, %w, none) {clamp_low=0.0} @"fc one"
%log: f32[2,3] = log(%fc) @"log"
%chosen: f32[2,3] = where(%flags, %log, %limit) @"where"
%wide: f32[2,3] = clip(%fc) {clamp_high=6.0} @"clip"
%soft: f32[2,3] = softmax(%wide) {axis=1} @"softmax"
output %chosen, %soft, %flags
)";

constexpr std::string_view plain = R"(graph "plain" stage=canonical
input %x: f32[2,4]
const %w: f32[3,4] = [1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, -8.0, 0.1, -0.2, 0.3, 0.4]
const %v: f32[2,3] = [0.5, 1.5, -2.5, 3.5, 4.5, -5.5]
%a: f32[2,3] = fully_connected(%x, %w, none) {clamp_low=0.0} @"first"
%b: f32[2,2] = fully_connected(%a, %v, none) @"second"
output %b
)";

}  // namespace

TEST_CASE("emitted float sources are clean C99 and C++") {
  const EmittedSources sources = emitted(compiled(graph_of(mixed_types)), "types");
  check_clean(sources, {"gcc", "-std=c99", "-O2"});
  check_clean(sources, {"g++", "-std=c++11", "-x", "c++", "-O2"});
  for (const char* compiler : {"clang", "arm-none-eabi-gcc"}) {
    if (find_program(compiler)) check_clean(sources, {compiler, "-std=c99"});
    else WARN(compiler << " is not installed: its warnings were not tried");
  }
}

TEST_CASE("element types keep their C types, and what is infinite its meaning") {
  const CompiledModel model = compiled(graph_of(mixed_types));
  const EmittedSources sources = emitted(model, "types");
  const std::string& header = sources.files.at("types.h");
  CHECK(header.find("a float model") != header.npos);
  CHECK(header.find("#define TYPES_INPUT0_TYPE float\n") != header.npos);
  CHECK(header.find("#define TYPES_INPUT1_TYPE uint8_t\n") != header.npos);
  CHECK(header.find("const void *const inputs[]") != header.npos);
  CHECK(sources.files.at("types.c").find("INFINITY, /* clamp_high */") != std::string::npos);

  Samples samples(4);
  Rng rng(3);
  for (auto& sample : samples) {
    sample = {Tensor(DType::f32, Shape{2, 4}), Tensor(DType::boolean, Shape{2, 3})};
    for (float& value : sample[0].mutable_data<float>()) value = static_cast<float>(rng.normal());
    for (bool& value : sample[1].mutable_data<bool>()) value = rng.integer(0, 1) != 0;
  }
  const auto run = run_harness(model.graph, sources, samples,
                               {.flags = {"-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"}});
  if (!run.ok()) FAIL(run.error().to_string());
  REQUIRE(run->failure == "");
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto expected = tinyc::run(model.graph, samples[i]);
    REQUIRE(expected.ok());
    for (std::size_t k = 0; k < 2; ++k) {
      const auto want = (*expected)[k].data<float>(), have = run->outputs[i][k].data<float>();
      for (std::size_t e = 0; e < want.size(); ++e)
        CHECK((want[e] == have[e] || std::abs(want[e] - have[e]) < 1e-5f));
    }
    CHECK(run->outputs[i][2] == samples[i][1]);
  }
}

TEST_CASE("the self-test of a float model allows rounding, and names the first layer that differs by more") {
  std::map<std::string, std::string> files = emitted(compiled(graph_of(plain)), "plain").files;
  files["main.c"] = R"(#include <stdio.h>
#include "plain.h"
int main(void) {
  static double arena[PLAIN_ARENA_BYTES / 8 + 1];
  const int result = plain_selftest(arena);
  printf("%d %s", result, plain_selftest_layer(result));
  return 0;
})";
  const auto said = [&](const std::string& weight) {
    std::map<std::string, std::string> changed = files;
    std::string& weights = changed["plain_weights.c"];
    const auto at = weights.find("4.5f");
    REQUIRE(at != weights.npos);
    weights.replace(at, 4, weight);
    const Built built = build(changed, {"cc", "main.c", "plain.c", "plain_weights.c", "plain_selftest.c", "-o", "main", "-lm"});
    INFO(built.compiled.errors);
    REQUIRE(built.compiled.ok());
    const auto ran = run_subprocess({{(built.folder.path() / "main").string()}});
    REQUIRE(ran.ok());
    return ran->output;
  };
  CHECK(said("4.5f") == "0 ");
  CHECK(said("4.50002f") == "0 ");
  CHECK(said("5.5f") == "2 second");
}
