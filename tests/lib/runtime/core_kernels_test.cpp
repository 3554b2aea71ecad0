// Random single layers as emitted for a core and run on it under QEMU, against the interpreter. Many layers make one program.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <vector>

#include "apps/driver/verify.h"
#include "formats/c/emit.h"
#include "lib/support/subprocess.h"
#include "lib/target/target.h"
#include "passes/lower/lower.h"
#include "tests/lib/runtime/kernel_case.h"

using namespace tinyc;

namespace {

// Appends the one node of a case with operands and a result of its own.
void append(Graph& graph, const Graph& layer, const std::string& name) {
  const NodeView node = view(layer, layer.nodes().front());
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < node.operands.size(); ++i) {
    const Value* value = node.operands[i];
    const std::string operand = name + "_" + std::to_string(i);
    if (!value) operands.push_back({});
    else if (value->is_constant()) operands.push_back(graph.add_constant(operand, value->constant(), value->type().quantization));
    else operands.push_back(graph.add_input(operand, value->type()));
  }
  const NodeId id = graph.add_node(node.op, name, operands, node.attributes, {node.result()});
  std::vector<ValueId> outputs = graph.outputs();
  outputs.push_back(graph.node(id).results().front());
  graph.set_outputs(std::move(outputs));
}

void check_on(const std::string& name, int programs) {
  constexpr CaseMaker makers[] = {random_conv2d, random_planar, random_depthwise, random_depthwise_3x3, random_pointwise, random_fully_connected};
  const Core& core = *find_target(name)->core;
  Rng rng(5);
  int round = 0;
  for (int program = 0; program < programs; ++program) {
    Graph graph;
    graph.stage = Stage::quantized;
    for (int i = 0; i < 48; ++i, ++round)
      append(graph, makers[round % std::size(makers)](rng, round).graph, "layer" + std::to_string(i));
    auto model = lower(graph, {core.dsp, core.mve, core.mul_long});
    if (!model.ok()) FAIL(model.error().to_string());
    auto files = emit_c(*model, {.prefix = "layers"});
    if (!files.ok()) FAIL(files.error().to_string());
    VerifyRequest request;
    request.on = {name};
    const auto outcome = verify_sources(model->graph, {"layers", std::move(*files)}, request);
    if (!outcome.ok()) FAIL(outcome.error().to_string());
    INFO("program " << program << ": " << outcome->cores.front().message);
    CHECK(outcome->cores.front().verdict == Verdict::identical);
  }
}

}  // namespace

// TINYC_LAYER_PROGRAMS: how many programs of 48 layers each (42: about 2,000 layers); 1 when it is not set.
TEST_CASE("random layers on a core equal the interpreter") {
  if (!find_program("arm-none-eabi-gcc") || !find_program("qemu-system-arm")) {
    WARN("arm-none-eabi-gcc or qemu-system-arm is not installed: nothing was run on Cortex-M");
    return;
  }
  const char* programs = std::getenv("TINYC_LAYER_PROGRAMS");
  check_on("cortex-m55", programs ? std::atoi(programs) : 1);
}
