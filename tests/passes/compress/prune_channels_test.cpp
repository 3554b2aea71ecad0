#include <algorithm>
#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

// A residual block and a depthwise convolution, pooled and classified.
Graph residual_model(Rng& rng) {
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const auto random = [&](Shape shape) {
    Tensor tensor(DType::f32, std::move(shape));
    for (float& w : tensor.mutable_data<float>()) w = static_cast<float>(rng.normal());
    return tensor;
  };
  const auto conv = [&](const char* name, ValueId x, Shape shape, std::int64_t groups) {
    const Attributes window{{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                            {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}, {"groups", groups}, {"clamp_low", 0.0}};
    const ValueId bias = graph.add_constant(std::string(name) + "_b", random({shape[0]}));
    return build.emit("conv2d", name, {x, graph.add_constant(std::string(name) + "_w", random(shape)), bias}, window).value();
  };
  const ValueId x = graph.add_input("x", Type{DType::f32, {1, 6, 6, 3}});
  const ValueId a = conv("a", x, {16, 3, 3, 3}, 1);
  const ValueId b = conv("b", a, {16, 3, 3, 16}, 1);
  const ValueId sum = build.emit("add", "sum", {a, b}).value();
  const ValueId d = conv("d", sum, {16, 3, 3, 1}, 16);
  const ValueId e = conv("e", d, {8, 3, 3, 16}, 1);
  const ValueId flat = build.emit("reshape", "flat", {e}, {{"shape", std::vector<std::int64_t>{1, 288}}}).value();
  graph.set_outputs({build.emit("fully_connected", "f", {flat, graph.add_constant("f_w", random({4, 288})), graph.add_constant("f_b", random({4}))}).value()});
  return graph;
}

std::unique_ptr<Dataset> samples_of(Rng& rng, int count) {
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < count; ++i) {
    Tensor x(DType::f32, {1, 6, 6, 3});
    float last = 0;
    for (float& value : x.mutable_data<float>()) value = last = 0.8f * last + 0.5f * static_cast<float>(rng.normal());
    samples.push_back({x});
  }
  return make_dataset(std::move(samples));
}

std::int64_t macs_of(const Graph& graph) {
  std::int64_t macs = 0;
  for (const NodeId id : graph.nodes()) macs += view(graph, id).op.work(view(graph, id)).macs;
  return macs;
}

}  // namespace

TEST_CASE("channels go through sums and depthwise filters, and the quantized graph shrinks") {
  Rng rng(31);
  const Graph before = residual_model(rng);
  const auto data = samples_of(rng, 60);
  Graph graph = before;
  Trace trace;
  require_ok(transform(graph, "prune-channels{ratio=0.4}, calibrate, quantize, remove-dead-channels", data.get(), &trace));
  CHECK(macs_of(graph) <= 0.65 * static_cast<double>(macs_of(before)));
  CHECK(macs_of(graph) >= 0.3 * static_cast<double>(macs_of(before)));
  const ValueId sum = *graph.find_value("sum");
  CHECK(graph.value(sum).type().shape[3] < 16);
  CHECK(graph.value(*graph.find_value("d")).type().shape[3] == graph.value(sum).type().shape[3]);
  CHECK(graph.value(*graph.find_value("a")).type().shape[3] == graph.value(sum).type().shape[3]);
  const auto note = std::find_if(trace.notes.begin(), trace.notes.end(), [](const PassNote& each) { return each.pass == "prune"; });
  REQUIRE(note != trace.notes.end());
  CHECK(note->facts.integer("macs") <= macs_of(before));
  CHECK(note->facts.integer("macs_left") <= 0.6 * static_cast<double>(note->facts.integer("macs")));
}

TEST_CASE("a graph without channels that could go is refused") {
  Rng rng(32);
  Graph graph = graph_of(R"(graph "g" stage=canonical
input %x: f32[1,4]
const %w: f32[2,4] = [1.0, -1.0, 1.0, 2.0, -1.0, 1.0, 3.0, 0.5]
%y: f32[1,2] = fully_connected(%x, %w)
output %y
)");
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < 10; ++i) samples.push_back({Tensor::of<float>({1, 4}, std::vector<float>(4, static_cast<float>(i)))});
  const Status status = transform(graph, "prune-channels", make_dataset(samples).get());
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().to_string().find("TC5045") == 0);
}

}  // namespace tinyc
