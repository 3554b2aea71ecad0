#include "apps/driver/verify.h"

#include <cstdlib>

#include "lib/support/subprocess.h"
#include "tests/support/sources.h"

using namespace tinyc;
using namespace tinyc::test;

namespace {

constexpr std::string_view net = R"(graph "net" stage=quantized
input %x: i8[1,4,6,2] quant(0.5:3)
const %w: i8[3,3,3,2] quant(axis=0, scale=[0.1, 0.2, 0.05], zero_point=[0, 0, 0]) = [1, -2, 3, 4, -5, 6, 7, -8, 127, -127, 3, 2, 1, 0, -1, -2, 9, 8, 7, 6, 5, 4, 3, 2, 11, 12, 13, -14, 15, -16, 17, 18, 19, 20, -21, 22, 23, 24, 25, 26, -27, 28, 29, 30, -31, 32, 33, 34, -35, 36, 37, 38, 39, 40]
const %f: i8[5,12] quant(axis=0, scale=[0.1, 0.1, 0.1, 0.1, 0.1], zero_point=[0, 0, 0, 0, 0]) = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9, -9, 9, -9, 9, -9, 9, -9, 9, -9, 9, -9, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -127]
%conv: i8[1,2,3,3] quant(0.75:-128) = conv2d(%x, %w, none) {strides=[2, 2], dilations=[1, 1], pads=[1, 1, 0, 0], groups=1, clamp_low=0.0}
%pool: i8[1,2,2,3] quant(0.75:-128) = max_pool(%conv) {kernel=[1, 2], strides=[1, 1], pads=[0, 0, 0, 0], dilations=[1, 1]}
%flat: i8[1,12] quant(0.75:-128) = reshape(%pool) {shape=[1, 12]}
%y: i8[1,5] quant(3.0:-10) = fully_connected(%flat, %f, none)
output %y, %flat
)";

bool cross_tools() {
  if (find_program("arm-none-eabi-gcc") && find_program("qemu-system-arm")) return true;
  WARN("arm-none-eabi-gcc or qemu-system-arm is not installed: nothing was run on Cortex-M");
  return false;
}

}  // namespace

TEST_CASE("the default inputs span the full range") {
  const Samples samples = verification_inputs(graph_of(net), 16, 1);
  REQUIRE(samples.size() == 16);
  const auto all = [&](std::size_t i, std::int8_t value) {
    const auto data = samples[i][0].data<std::int8_t>();
    return std::all_of(data.begin(), data.end(), [&](std::int8_t x) { return x == value; });
  };
  CHECK(all(0, -128));
  CHECK(all(1, 127));
  CHECK(verification_inputs(graph_of(net), 16, 1) == samples);
  CHECK_FALSE(verification_inputs(graph_of(net), 16, 2) == samples);
}

TEST_CASE("host and Cortex-M compute the interpreter's bytes, and are measured") {
  const CompiledModel model = compiled(graph_of(net));
  VerifyRequest request;
  if (cross_tools()) request.on = {"all"};
  const auto outcome = verify_sources(model.graph, emitted(model, "net"), request);
  if (!outcome.ok()) FAIL(outcome.error().to_string());
  CHECK(outcome->exit_code() == ExitCode::ok);
  for (const CoreOutcome& core : outcome->cores) {
    INFO(core.on << ": " << core.message);
    CHECK(core.verdict == Verdict::identical);
    CHECK(core.samples == 16);
    CHECK(core.bytes_compared == 16 * 17);
    if (core.on == "host") continue;
    CHECK(core.arena_bytes == std::max<std::int64_t>(model.arena.peak.count, 8));
    REQUIRE((core.flash_bytes && core.stack_bytes && core.instructions));
    CHECK(core.sections->rodata >= 54 + 60);
    CHECK(core.sections->text > 200);
    CHECK(core.sections->data + core.sections->bss == 0);
    CHECK(*core.stack_bytes > 16);
    CHECK(*core.stack_bytes < 2000);
    CHECK(*core.instructions > 1000);
    CHECK(*core.instructions < 20000);
  }
}

TEST_CASE("a wrong weight is found and its layer named") {
  const CompiledModel model = compiled(graph_of(net));
  EmittedSources sources = emitted(model, "net");
  std::string& weights = sources.files["net_weights.c"];
  const auto table = weights.find("conv_weights[");
  REQUIRE(table != weights.npos);
  const auto at = weights.find_first_of("123456789", weights.find("{", table));
  REQUIRE(at != weights.npos);
  weights[at] = weights[at] == '1' ? '2' : '1';
  VerifyRequest request;
  if (cross_tools()) request.on = {"host", "cortex-m3"};
  const auto outcome = verify_sources(model.graph, sources, request);
  REQUIRE(outcome.ok());
  CHECK(outcome->exit_code() == ExitCode::mismatch);
  for (const CoreOutcome& core : outcome->cores) {
    CHECK(core.verdict == Verdict::different);
    CHECK_THAT(core.message, Catch::StartsWith("sample ") && Catch::EndsWith("the first layer that differs is conv"));
  }
}

TEST_CASE("what the sources do wrong besides is found, too") {
  const CompiledModel model = compiled(graph_of(net));
  const auto message_after = [&](std::string_view from, std::string_view to, std::string on) {
    EmittedSources sources = emitted(model, "net");
    std::string& text = sources.files["net.c"];
    const auto at = text.find(from);
    REQUIRE(at != text.npos);
    text.replace(at, from.size(), to);
    const auto outcome = verify_sources(model.graph, sources, {.on = {on}});
    REQUIRE(outcome.ok());
    CHECK(outcome->exit_code() == ExitCode::mismatch);
    return outcome->cores.front().message;
  };
  CHECK_THAT(message_after("return NET_OK;", "base[NET_ARENA_BYTES] = 77; return NET_OK;", "host"),
             Catch::StartsWith("the model wrote behind its arena (sample 0"));
  CHECK_THAT(message_after("return NET_OK;", "outputs[0][5] = 77; return NET_OK;", "host"),
             Catch::StartsWith("the model wrote behind an output (sample 0"));
  CHECK_THAT(message_after("return NET_OK;", "*(int8_t *)(uintptr_t)input ^= 1; return NET_OK;", "host"),
             Catch::StartsWith("the model changed its caller's input (sample 1"));
  CHECK_THAT(message_after("return NET_OK;", "return -9;", "host"),
             Catch::StartsWith("the model returned an error (sample 0, status -9"));
  CHECK_THAT(message_after("return NET_OK;", "return NET_OK", "host"), Catch::Contains("do not build"));
  if (!cross_tools()) return;
  CHECK_THAT(message_after("return NET_OK;", "return *(volatile int32_t *)(base + 1) & 0;", "cortex-m0plus"),
             Catch::Contains("fault"));
}

TEST_CASE("requests that cannot be met say why") {
  const CompiledModel model = compiled(graph_of(net));
  const EmittedSources sources = emitted(model, "net");
  CHECK(verify_sources(model.graph, sources, {.on = {"cortex-m44"}}).error().exit_code() == ExitCode::usage);
  CHECK(verify_sources(model.graph, sources, {.inputs = {{Tensor(DType::i8, Shape{3})}}}).error().exit_code() == ExitCode::io);
  CHECK_FALSE(read_sources("/nonexistent", "net").ok());
}

TEST_CASE("a tool that is not installed is named, and nothing counts as verified") {
  const CompiledModel model = compiled(graph_of(net));
  const std::string path = std::getenv("PATH");
  REQUIRE(setenv("PATH", "/nonexistent", 1) == 0);
  const auto outcome = verify_sources(model.graph, emitted(model, "net"), {.on = {"host", "cortex-m4"}});
  setenv("PATH", path.c_str(), 1);
  REQUIRE(outcome.ok());
  CHECK(outcome->exit_code() == ExitCode::io);
  REQUIRE(outcome->cores.size() == 2);
  CHECK(outcome->cores[0].verdict == Verdict::not_run);
  CHECK(outcome->cores[0].message == "cc: is not installed");
  CHECK(outcome->cores[1].message == "arm-none-eabi-gcc: is not installed");
  CHECK_THAT(outcome->cores[1].remedy, Catch::Contains("gcc-arm-none-eabi"));
}

TEST_CASE("a model larger than the emulated board was not verified") {
  if (!cross_tools()) return;
  const CompiledModel model = compiled(graph_of(net));
  EmittedSources sources = emitted(model, "net");
  std::string& weights = sources.files["net_weights.c"];
  weights += "const int8_t net_huge[5000000] = {1};\n";
  auto at = sources.files["net.c"].find("return NET_OK;");
  REQUIRE(at != std::string::npos);
  sources.files["net.c"].insert(at, "if (net_huge[((uintptr_t)base >> 2) % 5000000u] == 7) return 1; ");
  at = sources.files["net.c"].find("static const");
  sources.files["net.c"].insert(at, "extern const int8_t net_huge[5000000];\n");
  const auto outcome = verify_sources(model.graph, sources, {.on = {"cortex-m4"}});
  REQUIRE(outcome.ok());
  CHECK(outcome->cores[0].verdict == Verdict::not_run);
  CHECK_THAT(outcome->cores[0].message, Catch::Contains("does not fit"));
  CHECK(outcome->exit_code() == ExitCode::io);
}

namespace {

constexpr std::string_view real_net = R"(graph "real" stage=canonical
input %x: f32[3,4]
const %w: f32[5,4] = [1.0, -2.0, 3.0, 4.0, -5.0, 6.0, 7.0, -8.0, 0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8, 9.0, 0.0, 0.25, 1.5]
const %b: f32[5] = [0.1, 0.2, 0.3, 0.4, 0.5]
%fc: f32[3,5] = fully_connected(%x, %w, %b) {clamp_low=0.0}
%y: f32[3,5] = clip(%fc) {clamp_high=6.0, clamp_low=0.5}
output %y, %fc
)";

}  // namespace

TEST_CASE("a float model is verified within a tolerance, and a wrong weight is found") {
  const CompiledModel model = compiled(graph_of(real_net));
  EmittedSources sources = emitted(model, "real");
  VerifyRequest request;
  if (cross_tools()) request.on = {"host", "cortex-m0plus", "cortex-m4"};
  const auto outcome = verify_sources(model.graph, sources, request);
  if (!outcome.ok()) FAIL(outcome.error().to_string());
  for (const CoreOutcome& core : outcome->cores) {
    INFO(core.on << ": " << core.message);
    CHECK((core.verdict == Verdict::identical || core.verdict == Verdict::close));
    REQUIRE(core.largest_error);
    CHECK(*core.largest_error < 1e-6);
  }
  std::string& weights = sources.files["real_weights.c"];
  const auto at = weights.find("0.8f");
  REQUIRE(at != weights.npos);
  weights.replace(at, 4, "0.9f");
  request.on = {"host"};
  const auto wrong = verify_sources(model.graph, sources, request);
  REQUIRE(wrong.ok());
  CHECK(wrong->exit_code() == ExitCode::mismatch);
  CHECK(wrong->cores.front().message.find("the first layer that differs is fc") != std::string::npos);
}
