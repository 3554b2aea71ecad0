// One case, several subjects: the int8 interpreter, the emitted C on the host (with sanitizers), and the emitted C on
// every Cortex-M core under QEMU compute the same bytes.

#include "apps/driver/verify.h"
#include "lib/exec/interpreter.h"
#include "lib/support/subprocess.h"
#include "tests/suite/random_graph.h"
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
  if (!find_program("arm-none-eabi-gcc") || !find_program("qemu-system-arm")) {
    WARN("skipped: arm-none-eabi-gcc or qemu-system-arm is not installed");
    return;
  }
  Rng rng(31);
  const std::vector<std::string> cores{"cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"};
  for (const CoreFeatures& features : {plain, with_dsp, without_long_multiply}) {
    const std::string text = random_quantized_graph(rng, 30);
    const CompiledModel model = compiled_for(graph_of(text), features, false);
    INFO(print(model.graph, {.elide_constants = true}));
    const auto outcome = verify_sources(model.graph, emitted(model, "random"), {.on = cores});
    if (!outcome.ok()) FAIL(outcome.error().to_string());
    for (const CoreOutcome& core : outcome->cores) {
      INFO(core.on << ": " << core.message);
      CHECK(core.verdict == Verdict::identical);
    }
  }
}
