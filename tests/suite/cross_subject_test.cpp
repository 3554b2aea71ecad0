// One case, several subjects: the int8 interpreter, the emitted C on the host (with sanitizers), and the emitted C on
// every Cortex-M core under QEMU compute the same bytes.

#include <cstdlib>

#include "apps/driver/verify.h"
#include "lib/exec/interpreter.h"
#include "lib/support/subprocess.h"
#include "tests/suite/random_graph.h"
#include "tests/suite/shared_folder.h"
#include "tests/support/compressed.h"
#include "tests/support/sources.h"

using namespace tinyc;
using namespace tinyc::test;

namespace {

const CoreFeatures plain{}, with_dsp{.dsp = true}, without_long_multiply{.mul_long = false};

CompiledModel compiled_for(const Graph& graph, const CoreFeatures& features, bool external_input) {
  auto model = lower(graph, features, {.external_input = external_input});
  if (!model.ok()) FAIL(model.error().to_string());
  return std::move(*model);
}

bool cross_tools() {
  if (find_program("arm-none-eabi-gcc") && find_program("qemu-system-arm")) return true;
  WARN("arm-none-eabi-gcc or qemu-system-arm is not installed: nothing was run on Cortex-M");
  return false;
}

void check_everywhere(const Graph& graph, const EmittedSources& sources, const std::vector<std::string>& cores) {
  VerifyRequest request;
  if (cross_tools()) request.on.insert(request.on.end(), cores.begin(), cores.end());
  const auto outcome = verify_sources(graph, sources, request);
  if (!outcome.ok()) FAIL(outcome.error().to_string());
  for (const CoreOutcome& core : outcome->cores) {
    INFO(core.on << ": " << core.message);
    CHECK(core.verdict == Verdict::identical);
    CHECK(core.samples == 16);
  }
}

const std::vector<std::string> all_cores_of_interest{"cortex-m0plus", "cortex-m3",  "cortex-m4",
                                                     "cortex-m7",     "cortex-m33", "cortex-m55"};

Samples expected_of(const Graph& graph, const Samples& samples) {
  auto expected = run_batch(graph, *make_dataset(samples));
  if (!expected.ok()) FAIL(expected.error().to_string());
  return std::move(*expected);
}

}  // namespace

TEST_CASE("random graphs: interpreter = C on the host, without undefined behaviour") {
  Rng rng(23);
  for (int i = 0; i < 6; ++i) {
    const std::string text = random_quantized_graph(rng, 24);
    const Graph graph = graph_of(text);
    INFO(print(graph, {.elide_constants = true}));
    const CompiledModel model = compiled_for(graph, i % 2 == 0 ? plain : with_dsp, i % 3 == 2);
    const Samples samples = verification_inputs(graph, 16, 9);
    const auto run = run_harness(graph, emitted(model, "random"), samples,
                                 {.flags = {"-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1", "-Wall",
                                            "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"}});
    if (!run.ok()) FAIL(run.error().to_string());
    CHECK(run->failure == "");
    CHECK(run->outputs == expected_of(graph, samples));
  }
}

TEST_CASE("random graphs: interpreter = C on every Cortex-M core") {
  Rng rng(31);
  for (const CoreFeatures& features : {plain, with_dsp, without_long_multiply}) {
    const Graph graph = graph_of(random_quantized_graph(rng, 30));
    INFO(print(graph, {.elide_constants = true}));
    check_everywhere(graph, emitted(compiled_for(graph, features, false), "random"), all_cores_of_interest);
  }
}

// Each core with the kernels it gets by itself; their number per core is TINYC_LAYERS, the one core TINYC_CORE
// (scripts/check_kernels).
void check_single_layers(int count, std::uint64_t seed, std::string_view only = {}) {
  if (!cross_tools()) return;
  for (const std::string& name : all_cores_of_interest) {
    if (!only.empty() && name != only) continue;
    Rng rng(seed);
    const Core& core = *find_target(name)->core;
    for (int left = count; left > 0; left -= 50) {
      const Graph graph = graph_of(random_single_layers(rng, std::min(left, 50)));
      INFO(name << ", " << left << " left");
      check_everywhere(graph, emitted(compiled_for(graph, {.dsp = core.dsp, .mve = core.mve, .mul_long = core.mul_long}, false), "random"), {name});
    }
  }
}

TEST_CASE("random single layers: interpreter = C on every Cortex-M core, with the kernels of each") {
  check_single_layers(25, 61);
}

TEST_CASE("as many random single layers as asked for", "[.layers]") {
  const char* count = std::getenv("TINYC_LAYERS");
  const char* core = std::getenv("TINYC_CORE");
  check_single_layers(count ? std::atoi(count) : 2000, 67, core ? core : "");
}

TEST_CASE("the optimization level changes no byte") {
  if (!cross_tools()) return;
  Rng rng(47);
  const Graph graph = graph_of(random_quantized_graph(rng, 20));
  const EmittedSources sources = emitted(compiled_for(graph, with_dsp, false), "random");
  const Samples samples = verification_inputs(graph, 8, 2), expected = expected_of(graph, samples);
  const Target m4 = *find_target("cortex-m4");
  for (const char* level : {"-O0", "-Os"}) {
    const auto run = run_harness(graph, sources, samples, {.core = m4.core, .flags = {level}});
    INFO(level);
    if (!run.ok()) FAIL(run.error().to_string());
    CHECK(run->failure == "");
    CHECK(run->outputs == expected);
  }
}

TEST_CASE("the shipped models: interpreter = C on the host and every Cortex-M core") {
  for (const char* name : {"digits", "digits1d"}) {
    INFO(name);
    const Compressed model = compressed(shipped(name));
    check_everywhere(model.graph, model.sources, all_cores_of_interest);
  }
}

TEST_CASE("benchmark models: interpreter = C on the host and the cores at both ends") {
  const auto shared = shared_folder();
  if (!shared) return;
  for (const char* name : {"kws", "ic", "vww", "ad", "sww"}) {
    INFO(name);
    CompressRequest request;
    request.name = name;
    request.quantize.model.path = (*shared / "models" / (std::string(name) + ".onnx")).string();
    request.quantize.calibration.path = (*shared / "data" / name / "calib_x.npy").string();
    if (request.name == "vww") request.quantize.calibration.options.scale = 1 / 255.0;
    const Compressed model = compressed(request);
    check_everywhere(model.graph, model.sources, {"cortex-m0plus", "cortex-m4", "cortex-m55"});
  }
}
