#include <algorithm>
#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/quant/metrics.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

Graph two_layers(Rng& rng) {
  const auto weights = [&](Shape shape) {
    Tensor tensor(DType::f32, std::move(shape));
    for (float& w : tensor.mutable_data<float>()) w = rng.uniform() < 0.3 ? 0.0f : static_cast<float>(rng.normal());
    return tensor;
  };
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const ValueId x = graph.add_input("x", Type{DType::f32, {1, 6, 6, 4}});
  const Attributes window{{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                          {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}, {"groups", std::int64_t{1}}, {"clamp_low", 0.0}};
  const ValueId a = build.emit("conv2d", "a", {x, graph.add_constant("w", weights({8, 3, 3, 4})), graph.add_constant("b", weights({8}))}, window).value();
  const ValueId flat = build.emit("reshape", "flat", {a}, {{"shape", std::vector<std::int64_t>{1, 288}}}).value();
  graph.set_outputs({build.emit("fully_connected", "c", {flat, graph.add_constant("v", weights({5, 288}))}).value()});
  return graph;
}

// Samples that vary along a few directions only, as real ones do.
std::unique_ptr<Dataset> smooth_samples(Rng& rng, int count) {
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < count; ++i) {
    Tensor x(DType::f32, {1, 6, 6, 4});
    const double u = rng.normal(), v = rng.normal();
    double at = 0;
    for (float& value : x.mutable_data<float>()) {
      at += 1;
      value = static_cast<float>(u * std::sin(0.1 * at) + v * std::cos(0.07 * at) + 0.05 * rng.normal() + 0.5);
    }
    samples.push_back({x});
  }
  return make_dataset(std::move(samples));
}

double sqnr_of(const Graph& real, const Graph& graph, const Dataset& data) {
  const auto wanted = run_batch(real, data);
  Sqnr sqnr;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    const Type& input = graph.value(graph.inputs()[0]).type();
    const auto got = run(graph, std::vector<Tensor>{stored_tensor(data.sample(i)[0], input)});
    REQUIRE(got.ok());
    sqnr.add(dequantize_tensor(got->front(), *graph.value(graph.outputs()[0]).type().quantization), (*wanted)[static_cast<std::size_t>(i)][0]);
  }
  return sqnr.decibels().value_or(0);
}

}  // namespace

TEST_CASE("fitted 4-bit weights come nearer to the float results on samples not seen, and keep zeros") {
  Rng rng(9);
  const Graph real = two_layers(rng);
  const auto calibration = smooth_samples(rng, 60), unseen = smooth_samples(rng, 20);
  std::vector<double> sqnr;
  for (const char* options : {"weight_bits=4, fit=0", "weight_bits=4", "fit=0", "weight_bits=8"}) {
    Graph graph = real;
    require_ok(transform(graph, "calibrate, quantize{" + std::string(options) + "}", calibration.get()));
    sqnr.push_back(sqnr_of(real, graph, *unseen));
    const bool four = std::string_view(options).find('4') != std::string_view::npos;
    for (const char* name : {"w", "v"}) {
      const auto stored = graph.value(*graph.find_value(name)).constant().to_doubles();
      const auto given = real.value(*real.find_value(name)).constant().to_doubles();
      for (std::size_t i = 0; i < stored.size(); ++i) {
        CHECK(std::abs(stored[i]) <= (four ? 7 : 127));
        if (given[i] == 0) CHECK(stored[i] == 0);
      }
    }
  }
  CHECK(sqnr[1] > sqnr[0] + 3);
  CHECK(sqnr[3] > sqnr[2] - 0.5);
}

TEST_CASE("the same integers for any number of threads; names choose layers of 4 bits") {
  Rng rng(9);
  const Graph real = two_layers(rng);
  const auto calibration = smooth_samples(rng, 40);
  std::string text;
  for (const int threads : {1, 3}) {
    Graph graph = real;
    require_ok(transform(graph, "calibrate, quantize{bits4=[\"c\"]}", calibration.get(), nullptr, threads));
    if (text.empty()) text = print(graph);
    CHECK(print(graph) == text);
    const auto w = graph.value(*graph.find_value("w")).constant().to_doubles(), v = graph.value(*graph.find_value("v")).constant().to_doubles();
    CHECK(*std::max_element(w.begin(), w.end()) > 7);
    CHECK(*std::max_element(v.begin(), v.end()) <= 7);
  }
  Graph graph = real;
  const Status status = transform(graph, "calibrate, quantize{bits4=[\"nothing*\"]}", calibration.get());
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().to_string().find("TC5042") != std::string::npos);
}

}  // namespace tinyc
