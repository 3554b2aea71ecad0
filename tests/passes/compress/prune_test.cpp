#include <cmath>

#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

// Two convolutions that share their weights, a fully connected layer, biases; weights drawn from few values, so that
// many magnitudes are equal.
Graph random_model(Rng& rng, std::int64_t channels, std::int64_t outputs, double zeros) {
  const auto weights = [&](Shape shape) {
    Tensor tensor(DType::f32, std::move(shape));
    for (float& w : tensor.mutable_data<float>())
      w = rng.uniform() < zeros ? 0.0f : static_cast<float>(rng.integer(-5, 5)) * 0.25f;
    return tensor;
  };
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const Attributes window{{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                          {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}, {"groups", std::int64_t{1}}};
  const ValueId x = graph.add_input("x", Type{DType::f32, {1, 4, 4, channels}});
  const ValueId w = graph.add_constant("w", weights({channels, 3, 3, channels}));
  const ValueId bias = graph.add_constant("bias", Tensor(DType::f32, {channels}));
  const ValueId a = build.emit("conv2d", "a", {x, w, bias}, window).value();
  const ValueId b = build.emit("conv2d", "b", {a, w}, window).value();
  const ValueId flat = build.emit("reshape", "flat", {b}, {{"shape", std::vector<std::int64_t>{1, 16 * channels}}}).value();
  const ValueId v = graph.add_constant("v", weights({outputs, 16 * channels}));
  graph.set_outputs({build.emit("fully_connected", "c", {flat, v}).value()});
  return graph;
}

std::vector<double> weights_of(const Graph& graph) {
  std::vector<double> all;
  for (const char* name : {"w", "v"})
    for (const double w : graph.value(*graph.find_value(name)).constant().to_doubles()) all.push_back(w);
  return all;
}

}  // namespace

TEST_CASE("exactly floor(ratio * n) weights are zero, the smallest ones") {
  Rng rng(7);
  for (int round = 0; round < 60; ++round) {
    const double ratio = round == 0 ? 0.0 : round == 1 ? 0.999 : static_cast<double>(rng.integer(0, 99)) / 100;
    Graph graph = random_model(rng, rng.integer(1, 4), rng.integer(1, 7), round % 3 == 0 ? 0.4 : 0.0);
    const std::vector<double> before = weights_of(graph);
    const auto zeros_before = static_cast<std::size_t>(std::count(before.begin(), before.end(), 0.0));
    Trace trace;
    require_ok(transform(graph, "prune{ratio=" + std::to_string(ratio) + "}", nullptr, &trace));
    const std::vector<double> after = weights_of(graph);

    const auto wanted = static_cast<std::size_t>(std::llround(ratio * 1000)) * before.size() / 1000;
    const auto zeros = static_cast<std::size_t>(std::count(after.begin(), after.end(), 0.0));
    CHECK(zeros == std::max(wanted, zeros_before));
    double largest_removed = 0, smallest_kept = HUGE_VAL;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (after[i] == 0) largest_removed = std::max(largest_removed, std::fabs(before[i]));
      else smallest_kept = std::min(smallest_kept, std::fabs(before[i]));
      CHECK((after[i] == 0 || after[i] == before[i]));
    }
    CHECK(largest_removed <= smallest_kept);
    REQUIRE(trace.notes.size() == 2);
    CHECK(trace.notes[0].layer == "a");
    CHECK(static_cast<std::size_t>(trace.notes[0].facts.integer("zeros") + trace.notes[1].facts.integer("zeros")) == zeros);
  }
}

TEST_CASE("of equal magnitudes the earlier weight goes first") {
  Graph graph = graph_of(R"(graph "g" stage=canonical
input %x: f32[1,4]
const %w: f32[2,4] = [1.0, -1.0, 1.0, 2.0, -1.0, 1.0, 3.0, -0.0]
const %b: f32[2] = [0.0, 0.5]
%y: f32[1,2] = fully_connected(%x, %w, %b)
output %y
)");
  require_ok(transform(graph, "prune{ratio=0.5}"));
  CHECK(graph.value(*graph.find_value("w")).constant().to_doubles() == std::vector<double>{0, 0, 0, 2, -1, 1, 3, 0});
}

TEST_CASE("blocks of four channels by two or four inputs go together, the smallest first") {
  // A first group of four channels and a rest of one; five inputs make a quad and a rest of one.
  const char* text = R"(graph "g" stage=canonical
input %x: f32[1,5]
const %w: f32[5,5] = [1.0, 9.0, 1.0, 9.0, 3.0, 1.0, 9.0, 1.0, 9.0, 3.0, 1.0, 9.0, 1.0, 9.0, 3.0, 1.0, 9.0, 1.0, 9.0, 3.0, 2.0, 4.0, 2.0, 4.0, 9.0]
%y: f32[1,5] = fully_connected(%x, %w)
output %y
)";
  const auto pruned = [&](const std::string& options) {
    Graph graph = graph_of(text);
    require_ok(transform(graph, "prune{" + options + "}"));
    return graph.value(*graph.find_value("w")).constant().to_doubles();
  };
  const std::vector<double> pairs = pruned("ratio=0.55, pattern=block4x2");  // 13 of 25: inputs 0 and 2, then channel 4's
  CHECK(pairs == std::vector<double>{0, 9, 0, 9, 3, 0, 9, 0, 9, 3, 0, 9, 0, 9, 3, 0, 9, 0, 9, 3, 0, 4, 0, 4, 9});
  const std::vector<double> quads = pruned("ratio=0.4, pattern=block4x4");  // 10 of 25: the rests
  CHECK(quads == std::vector<double>{1, 9, 1, 9, 0, 1, 9, 1, 9, 0, 1, 9, 1, 9, 0, 1, 9, 1, 9, 0, 0, 0, 0, 0, 9});
}

TEST_CASE("what has no blocks is not pruned in blocks") {
  Graph graph = graph_of(R"(graph "g" stage=canonical
input %x: f32[1,2,2,4]
const %w: f32[4,1,1,1] = [1.0, 1.0, 1.0, 1.0]
%y: f32[1,2,2,4] = conv2d(%x, %w) {dilations=[1, 1], groups=4, pads=[0, 0, 0, 0], strides=[1, 1]}
output %y
)");
  Trace trace;
  require_ok(transform(graph, "prune{ratio=0.9, pattern=block4x2}", nullptr, &trace));
  CHECK(trace.warnings.size() == 1);
}

TEST_CASE("pruning refuses ratios outside [0, 1) and graphs that are quantized") {
  Rng rng(1);
  for (const char* ratio : {"1.0", "-0.1", "2.0"}) {
    Graph graph = random_model(rng, 1, 1, 0);
    const Status status = transform(graph, std::string("prune{ratio=") + ratio + "}");
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().diagnostics()[0].id == "TC5040");
  }
  Graph graph = random_model(rng, 1, 1, 0);
  CHECK(transform(graph, "prune{pattern=block3x3}").error().diagnostics()[0].id == "TC5040");
  graph.stage = Stage::quantized;
  CHECK(transform(graph, "prune").error().exit_code() == ExitCode::usage);
}

TEST_CASE("a model without prunable weights stays and says so") {
  Graph graph = graph_of("graph \"g\" stage=canonical\ninput %x: f32[1,4]\n%y: f32[1,4] = relu(%x)\noutput %y\n");
  Trace trace;
  require_ok(transform(graph, "prune", nullptr, &trace));
  CHECK(trace.warnings.size() == 1);
}

}  // namespace tinyc
