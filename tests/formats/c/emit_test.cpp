#include "formats/c/emit.h"

#include "lib/exec/interpreter.h"
#include "lib/runtime/embedded.h"
#include "lib/support/files.h"
#include "tests/support/build.h"
#include "tests/support/sources.h"

using namespace tinyc;
using namespace tinyc::test;

namespace {

constexpr std::string_view tiny = R"(graph "tiny net" stage=quantized
meta "model_hash" "0123456789abcdef"
input %image: i8[1,4,4,2] quant(0.5:3)
const %w1: i8[3,2,2,2] quant(axis=0, scale=[0.1, 0.2, 0.05], zero_point=[0, 0, 0]) = [1, -2, 3, 4, -5, 6, 7, -8, 127, -127, 3, 2, 1, 0, -1, -2, 9, 8, 7, 6, 5, 4, 3, 2]
const %b1: i32[3] quant(axis=0, scale=[0.05, 0.1, 0.025], zero_point=[0, 0, 0]) = [100, -20, 3]
const %w2: i8[5,12] quant(axis=0, scale=[0.1, 0.1, 0.1, 0.1, 0.1], zero_point=[0, 0, 0, 0, 0]) = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9, -9, 9, -9, 9, -9, 9, -9, 9, -9, 9, -9, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -127]
%conv: i8[1,2,2,3] quant(0.75:-128) = conv2d(%image, %w1, %b1) {strides=[2, 2], dilations=[1, 1], pads=[0, 0, 0, 0], groups=1, clamp_low=0.0} @"/layer.1/Conv"
%flat: i8[1,12] quant(0.75:-128) = reshape(%conv) {shape=[1, 12]}
%fc: i8[1,5] quant(3.0:-10) = fully_connected(%flat, %w2, none) @"/fc*/Gemm"
%prob: i8[1,5] quant(0.00390625:-128) = softmax(%fc) {axis=1}
output %prob
)";

std::string golden(const std::string& name) {
  const auto text = read_file(TINYC_SOURCE_DIR "/testdata/golden/" + name);
  if (!text.ok()) FAIL(text.error().to_string());
  return *text;
}

}  // namespace

TEST_CASE("the emitted text is the golden one") {
  const EmittedSources sources = emitted(compiled(graph_of(tiny)), "tiny");
  const char* update = std::getenv("TINYC_UPDATE_GOLDEN");  // set by scripts/update_golden alone
  for (const char* name : {"tiny.h", "tiny.c", "tiny_weights.c", "tiny_selftest.c", "tiny.tinyc"}) {
    INFO(name << " differs on purpose? Then run scripts/update_golden and read the diff");
    if (update) REQUIRE(write_file(std::string(TINYC_SOURCE_DIR "/testdata/golden/") + name, sources.files.at(name)).ok());
    CHECK(sources.files.at(name) == golden(name));
  }
}

TEST_CASE("emitted sources are clean C99 and C++") {
  const EmittedSources sources = emitted(compiled(graph_of(tiny)), "tiny");
  check_clean(sources, {"gcc", "-std=c99", "-O2"});
  check_clean(sources, {"g++", "-std=c++11", "-x", "c++", "-O2"});
  if (find_program("clang")) {
    check_clean(sources, {"clang", "-std=c99"});
    check_clean(sources, {"clang", "-std=c++11", "-x", "c++"});
  } else {
    WARN("clang is not installed: its warnings were not tried");
  }
}

TEST_CASE("emitted sources compute what the interpreter does") {
  for (const bool external : {false, true}) {
    const CompiledModel model = compiled(graph_of(tiny), {.external_input = external});
    const Samples samples = random_samples(model.graph, 32, 5);
    const auto run = run_harness(model.graph, emitted(model, "tiny"), samples,
                                 {.flags = {"-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"}});
    if (!run.ok()) FAIL(run.error().to_string());
    REQUIRE(run->failure == "");
    for (std::size_t i = 0; i < samples.size(); ++i) CHECK(run->outputs[i] == *tinyc::run(model.graph, samples[i]));
  }
}

TEST_CASE("the self-test passes, and names the first layer that differs") {
  const EmittedSources sources = emitted(compiled(graph_of(tiny)), "tiny");
  std::map<std::string, std::string> files = sources.files;
  files["main.c"] = R"(#include <stdio.h>
#include "tiny.h"
int main(void) {
  static double arena[TINY_ARENA_BYTES / 8 + 1];
  const int result = tiny_selftest(arena);
  printf("%d %s|%d|%d", result, tiny_selftest_layer(result), tiny_run(NULL, tiny_input(arena), (int8_t *)arena),
         tiny_run((char *)arena + 1, tiny_input(arena), (int8_t *)arena));
  return 0;
})";
  const auto said = [&] {
    const Built built = build(files, {"cc", "main.c", "tiny.c", "tiny_weights.c", "tiny_selftest.c", "-o", "main"});
    INFO(built.compiled.errors);
    REQUIRE(built.compiled.ok());
    const auto ran = run_subprocess({{(built.folder.path() / "main").string()}});
    REQUIRE(ran.ok());
    return ran->output;
  };
  CHECK(said() == "0 |-1|-2");
  std::string& weights = files["tiny_weights.c"];
  const auto at = weights.find("8421631, 8421504");  // 127 and three weights of 0, each plus 128
  REQUIRE(at != weights.npos);
  weights.replace(at, 7, "8421405");
  CHECK(said() == "2 /fc*/Gemm|-1|-2");
}

TEST_CASE("the quantization helpers are the interpreter's") {
  const CompiledModel model = compiled(graph_of(tiny));
  std::map<std::string, std::string> files = emitted(model, "tiny").files;
  files["main.c"] = R"(#include <stdio.h>
#include "tiny.h"
int main(void) {
  float real[TINY_INPUT_ELEMENTS], back[TINY_OUTPUT_ELEMENTS];
  int8_t stored[TINY_INPUT_ELEMENTS];
  int i;
  for (i = 0; i < TINY_INPUT_ELEMENTS; ++i) real[i] = (float)(i - 16) * 5.125f;
  real[0] = 1e30f, real[1] = -1e30f, real[2] = 0.25f, real[3] = -0.25f, real[4] = 0.24999999f, real[5] = 0.0f / (float)0;
  tiny_quantize_input(real, stored);
  tiny_dequantize_output(stored, back);
  for (i = 0; i < TINY_INPUT_ELEMENTS; ++i) printf("%d ", stored[i]);
  for (i = 0; i < TINY_OUTPUT_ELEMENTS; ++i) printf("%.9g ", (double)back[i]);
  return 0;
})";
  const Built built = build(files, {"cc", "-w", "main.c", "-o", "main"});
  INFO(built.compiled.errors);
  REQUIRE(built.compiled.ok());
  const auto ran = run_subprocess({{(built.folder.path() / "main").string()}});
  REQUIRE(ran.ok());

  const Type& in = model.graph.value(model.graph.inputs()[0]).type();
  const Type& out = model.graph.value(model.graph.outputs()[0]).type();
  std::vector<float> real(32);
  for (int i = 0; i < 32; ++i) real[static_cast<std::size_t>(i)] = static_cast<float>(i - 16) * 5.125f;
  real[0] = 1e30f, real[1] = -1e30f, real[2] = 0.25f, real[3] = -0.25f, real[4] = 0.24999999f;
  real[5] = std::numeric_limits<float>::quiet_NaN();
  const Tensor stored = quantize_tensor(Tensor::of<float>(in.shape, real), in);
  std::string expected;
  for (const std::int8_t value : stored.data<std::int8_t>()) expected += std::to_string(value) + " ";
  const auto bytes = stored.data<std::int8_t>();
  const Tensor five = Tensor::of<std::int8_t>(out.shape, bytes.subspan(0, 5));
  const Tensor back = dequantize_tensor(five, *out.quantization);
  for (const float value : back.data<float>()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g ", static_cast<double>(value));
    expected += text;
  }
  CHECK(ran->output == expected);
}

TEST_CASE("the runtime holds the kernels that are called, and keeps those of other models") {
  const std::map<std::string, std::string> files = emitted(compiled(graph_of(tiny)), "tiny").files;
  const std::string& runtime = files.at("tinyc_runtime.h");
  const std::vector<std::string> kernels = runtime_kernels(runtime);
  CHECK(kernels == std::vector<std::string>{"tinyc_conv2d_offset_triple_s8", "tinyc_fully_connected_quad_s8", "tinyc_softmax_s8"});
  CHECK(runtime.find("tinyc_add_s8") == runtime.npos);
  CHECK(runtime.find("#include \"") == runtime.npos);

  const std::string merged = runtime_header({"tinyc_add_s8", "tinyc_softmax_s8", "tinyc_conv2d_s8", "tinyc_of_the_future"});
  CHECK(runtime_kernels(merged) == std::vector<std::string>{"tinyc_add_s8", "tinyc_conv2d_s8", "tinyc_softmax_s8"});
  CHECK(runtime_kernels("int x; /* kernels: */").empty());
}

TEST_CASE("names that C could not bear are made safe and unique") {
  const CompiledModel model = compiled(graph_of(R"(graph "*/ evil \\ ??/" stage=quantized
meta "note" "ends */ here, and /* there"
input %"in put": i8[1,8] quant(0.5:1)
%a: i8[1,8] quant(0.25:1) = requantize(%"in put") {scale=0.25, zero_point=1} @"int"
%b: i8[1,8] quant(0.5:1) = requantize(%a) {scale=0.5, zero_point=1} @"a b"
%c: i8[1,8] quant(0.25:1) = requantize(%b) {scale=0.25, zero_point=1} @"//a/b*/"
%d: i8[1,8] quant(0.5:1) = requantize(%c) {scale=0.5, zero_point=1} @"run"
%e: i8[1,8] quant(0.25:1) = requantize(%d) {scale=0.25, zero_point=1} @"*/"
output %e
)"));
  const EmittedSources sources = emitted(model, "evil");
  check_clean(sources, {"gcc", "-std=c99"});
  const std::string& text = sources.files.at("evil.c");
  for (const char* name : {" evil_int = ", " evil_a_b = ", " evil_a_b_1 = ", " evil_run_1 = ", " evil_layer = "})
    CHECK(text.find(name) != text.npos);
  CHECK(emit_c(model, {.prefix = "1x"}).error().exit_code() == ExitCode::usage);
  CHECK(emit_c(model, {.prefix = "int"}).error().exit_code() == ExitCode::usage);
}

TEST_CASE("all kernels together are one clean header") {
  std::vector<std::string> kernels;
  for (const RuntimeFile& file : runtime_files())
    if (file.text.find("_params *p") != file.text.npos)
      kernels.push_back("tinyc_" + std::string(file.name.substr(12, file.name.size() - 14)));
  EmittedSources sources{"all", {{"tinyc_runtime.h", runtime_header(kernels)}}};
  CHECK(runtime_kernels(sources.files["tinyc_runtime.h"]).size() == kernels.size());
  for (const char* suffix : {".c", "_weights.c", "_selftest.c"})
    sources.files[std::string("all") + suffix] = "#include \"tinyc_runtime.h\"\n#include \"tinyc_runtime.h\"\nint all;\n";
  check_clean(sources, {"gcc", "-std=c99", "-O1"});
  check_clean(sources, {"g++", "-std=c++11", "-x", "c++", "-O1"});
  if (!find_program("arm-none-eabi-gcc")) return;
  for (const char* core : {"-mcpu=cortex-m0plus", "-mcpu=cortex-m4", "-mcpu=cortex-m55"})
    check_clean(sources, {"arm-none-eabi-gcc", "-std=c99", "-O1", "-mthumb", core});
}

// After a wanted change: test_formats "[write-golden]", then read the difference.
TEST_CASE("write the golden files", "[.][write-golden]") {
  for (const auto& [name, text] : emitted(compiled(graph_of(tiny)), "tiny").files)
    if (name != "tinyc_runtime.h") REQUIRE(write_file(TINYC_SOURCE_DIR "/testdata/golden/" + name, text).ok());
}
