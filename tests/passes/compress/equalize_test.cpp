#include <algorithm>
#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

// A residual block whose channels differ by a factor of 8, then a pool and a fully connected layer.
Graph residual_model(Rng& rng, double clamp_high) {
  const auto weights = [&](Shape shape) {
    Tensor tensor(DType::f32, shape);
    const std::int64_t inner = tensor.elements() / shape[0];
    const auto values = tensor.mutable_data<float>();
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(rng.uniform(0.2, 1) * std::exp2(static_cast<double>(static_cast<std::int64_t>(i) / inner % 4)));
    return tensor;
  };
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const auto conv = [&](const char* name, ValueId x, Shape shape, std::int64_t groups) {
    Attributes attributes{{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                          {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}, {"groups", groups}, {"clamp_low", 0.0}};
    if (std::isfinite(clamp_high)) attributes.set("clamp_high", clamp_high);
    const ValueId bias = graph.add_constant(std::string(name) + "_b", weights({shape[0]}));
    return build.emit("conv2d", name, {x, graph.add_constant(std::string(name) + "_w", weights(shape)), bias}, attributes).value();
  };
  const ValueId x = graph.add_input("x", Type{DType::f32, {1, 5, 5, 2}});
  const ValueId a = conv("a", x, {4, 3, 3, 2}, 1);
  const ValueId b = conv("b", a, {4, 3, 3, 1}, 4);
  const ValueId c = conv("c", b, {4, 3, 3, 4}, 1);
  const ValueId sum = build.emit("add", "sum", {a, c}).value();
  const ValueId d = conv("d", sum, {4, 3, 3, 4}, 1);
  const ValueId flat = build.emit("reshape", "flat", {d}, {{"shape", std::vector<std::int64_t>{1, 100}}}).value();
  graph.set_outputs({build.emit("fully_connected", "e", {flat, graph.add_constant("e_w", weights({3, 100}))}).value()});
  return graph;
}

// The largest magnitude of a channel over the smallest.
double spread(const Graph& graph, const Dataset& data, std::string_view name) {
  std::vector<double> largest(4, 1e-9);
  for (std::int64_t i = 0; i < data.size(); ++i)
    REQUIRE(run(graph, data.sample(i), [&](ValueId id, const Tensor& tensor) {
              if (graph.value(id).name() != name) return;
              const auto values = tensor.data<float>();
              for (std::size_t k = 0; k < values.size(); ++k) largest[k % 4] = std::max<double>(largest[k % 4], std::fabs(values[k]));
            }).ok());
  return *std::max_element(largest.begin(), largest.end()) / *std::min_element(largest.begin(), largest.end());
}

std::unique_ptr<Dataset> samples_for(const Graph& graph) {
  std::vector<std::vector<Tensor>> samples;
  const auto random = synthetic_dataset(graph, 8, 5);
  for (std::int64_t i = 0; i < random->size(); ++i) samples.push_back(random->sample(i));
  return make_dataset(std::move(samples));
}

}  // namespace

TEST_CASE("equalize narrows the ranges of channels, through sums, and computes the same") {
  Rng rng(4);
  Graph graph = residual_model(rng, HUGE_VAL);
  const auto data = samples_for(graph);
  const Graph before = graph;
  require_ok(transform(graph, "equalize", data.get()));
  const auto expected = run_batch(before, *data), actual = run_batch(graph, *data);
  for (std::size_t i = 0; i < expected->size(); ++i) {
    const auto want = (*expected)[i][0].to_doubles(), got = (*actual)[i][0].to_doubles();
    for (std::size_t k = 0; k < want.size(); ++k) CHECK(got[k] == Approx(want[k]).epsilon(1e-4).margin(1e-2));
  }
  CHECK(spread(graph, *data, "b") < 0.5 * spread(before, *data, "b"));
  CHECK(spread(graph, *data, "sum") < 0.8 * spread(before, *data, "sum"));
}

TEST_CASE("equalize leaves channels under an upper bound, and everything without samples") {
  Rng rng(4);
  Graph bounded = residual_model(rng, 6);
  const auto data = samples_for(bounded);
  const std::string text = print(bounded);
  require_ok(transform(bounded, "equalize", data.get()));
  CHECK(print(bounded) == text);
  Graph graph = residual_model(rng, HUGE_VAL);
  const std::string free = print(graph);
  require_ok(transform(graph, "equalize"));
  CHECK(print(graph) == free);
}

}  // namespace tinyc
