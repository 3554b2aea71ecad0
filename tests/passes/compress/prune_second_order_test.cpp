#include <algorithm>
#include <cmath>

#include "lib/exec/interpreter.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

Tensor random_weights(Rng& rng, Shape shape) {
  Tensor tensor(DType::f32, std::move(shape));
  for (float& w : tensor.mutable_data<float>()) w = static_cast<float>(rng.normal());
  return tensor;
}

// A convolution with a ReLU, a depthwise one and a fully connected layer.
Graph small_model(Rng& rng) {
  Graph graph;
  graph.stage = Stage::canonical;
  Builder build(graph, all_ops());
  const auto window = [](std::int64_t groups) {
    return Attributes{{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                      {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}, {"groups", groups}, {"clamp_low", 0.0}};
  };
  const ValueId x = graph.add_input("x", Type{DType::f32, {1, 5, 5, 4}});
  const ValueId a = build.emit("conv2d", "a", {x, graph.add_constant("w", random_weights(rng, {8, 3, 3, 4})), graph.add_constant("b", random_weights(rng, {8}))}, window(1)).value();
  const ValueId d = build.emit("conv2d", "d", {a, graph.add_constant("u", random_weights(rng, {8, 3, 3, 1})), graph.add_constant("c", random_weights(rng, {8}))}, window(8)).value();
  const std::vector<std::int64_t> one{1, 1}, all{5, 5};
  const ValueId pool = build.emit("average_pool", "pool", {d}, {{"kernel", all}, {"strides", one}, {"dilations", one},
                                  {"pads", std::vector<std::int64_t>{0, 0, 0, 0}}, {"count_include_pad", std::int64_t{0}}}).value();
  const ValueId flat = build.emit("reshape", "flat", {pool}, {{"shape", std::vector<std::int64_t>{1, 8}}}).value();
  graph.set_outputs({build.emit("fully_connected", "f", {flat, graph.add_constant("v", random_weights(rng, {6, 8})), graph.add_constant("e", random_weights(rng, {6}))}).value()});
  return graph;
}

// Neighbours that resemble each other.
std::unique_ptr<Dataset> samples_of(Rng& rng, int count) {
  std::vector<std::vector<Tensor>> samples;
  for (int i = 0; i < count; ++i) {
    Tensor x(DType::f32, {1, 5, 5, 4});
    float last = 0;
    for (float& value : x.mutable_data<float>()) value = last = 0.9f * last + 0.4f * static_cast<float>(rng.normal());
    samples.push_back({x});
  }
  return make_dataset(std::move(samples));
}

std::int64_t zeros_in(const Graph& graph, std::initializer_list<const char*> names) {
  std::int64_t zeros = 0;
  for (const char* name : names)
    for (const double w : graph.value(*graph.find_value(name)).constant().to_doubles()) zeros += w == 0;
  return zeros;
}

double error_of(const Graph& before, const Graph& after, const Dataset& data) {
  const auto wanted = run_batch(before, data), got = run_batch(after, data);
  double error = 0;
  for (std::size_t i = 0; i < wanted->size(); ++i) {
    const auto a = (*wanted)[i][0].to_doubles(), b = (*got)[i][0].to_doubles();
    for (std::size_t k = 0; k < a.size(); ++k) error += (a[k] - b[k]) * (a[k] - b[k]);
  }
  return error;
}

}  // namespace

TEST_CASE("second-order pruning removes as many weights, and errs far less on samples not seen") {
  Rng rng(21);
  const Graph before = small_model(rng);
  const auto data = samples_of(rng, 80), unseen = samples_of(rng, 20);
  for (const char* pattern : {"unstructured", "block4x2"}) {
    const std::string options = "{ratio=0.5, pattern=" + std::string(pattern) + "}";
    Graph plain = before, fitted = before;
    require_ok(transform(plain, "prune" + options));
    require_ok(transform(fitted, "prune-second-order" + options, data.get()));
    const bool blocks = std::string_view(pattern) != "unstructured";
    CHECK(zeros_in(fitted, {"w", "u", "v"}) == (288 + (blocks ? 0 : 72) + 48) / 2);
    if (blocks) CHECK(zeros_in(fitted, {"u"}) == 0);
    CHECK(error_of(before, fitted, *unseen) < 0.3 * error_of(before, plain, *unseen));
  }
}

TEST_CASE("second-order pruning keeps zeros that are there, and is the same for any number of threads") {
  Rng rng(22);
  Graph before = small_model(rng);
  Tensor weights = before.value(*before.find_value("w")).constant();
  for (std::size_t i = 0; i < 40; ++i) weights.mutable_data<float>()[i * 7] = 0;
  before.set_constant(*before.find_value("w"), weights);
  const auto data = samples_of(rng, 40);
  std::string text;
  for (const int threads : {1, 3}) {
    Graph graph = before;
    require_ok(transform(graph, "prune-second-order{ratio=0.3}", data.get(), nullptr, threads));
    const auto values = graph.value(*graph.find_value("w")).constant().to_doubles();
    for (std::size_t i = 0; i < 40; ++i) CHECK(values[i * 7] == 0);
    if (text.empty()) text = print(graph);
    CHECK(print(graph) == text);
  }
}

TEST_CASE("channels that the quantized model does without do not count") {
  Rng rng(23);
  Graph graph = small_model(rng);
  // Half of the channels of the convolution are nothing.
  for (const char* name : {"w", "b", "c"}) {
    Tensor tensor = graph.value(*graph.find_value(name)).constant();
    const auto values = tensor.mutable_data<float>();
    std::fill(values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end(), 0.0f);
    graph.set_constant(*graph.find_value(name), tensor);
  }
  Trace trace;
  require_ok(transform(graph, "prune-second-order{ratio=0.5}", samples_of(rng, 40).get(), &trace));
  std::int64_t prunable = 0, zeros = 0;
  for (const PassNote& note : trace.notes) {
    prunable += note.facts.integer("prunable");
    zeros += note.facts.integer("zeros");
  }
  CHECK(prunable == (288 + 72 + 48) / 2);
  CHECK(zeros == prunable / 2);
}

TEST_CASE("data and patterns that pruning cannot work with are refused") {
  Rng rng(24);
  const Graph model = small_model(rng);
  const auto message = [&](const std::string& options, const Dataset& data) {
    Graph graph = model;
    const Status status = transform(graph, "prune-second-order" + options, &data);
    return status.ok() ? std::string() : status.error().to_string();
  };
  CHECK(message("", *samples_of(rng, 5)).find("TC6035") == 0);
  const std::vector<std::vector<Tensor>> same(20, {Tensor(DType::f32, {1, 5, 5, 4})});
  CHECK(message("", *make_dataset(same)).find("TC6036") == 0);
  std::vector<std::vector<Tensor>> broken;
  for (int i = 0; i < 20; ++i) broken.push_back(samples_of(rng, 1)->sample(0));
  broken[7][0].mutable_data<float>()[3] = std::nanf("");
  CHECK(message("", *make_dataset(broken)).find("TC6034") == 0);
  CHECK(message("{ratio=1.0}", *samples_of(rng, 20)).find("TC5040") == 0);
  CHECK(message("{pattern=none}", *samples_of(rng, 20)).find("TC5044") == 0);
  Graph depthwise;
  depthwise.stage = Stage::canonical;
  Builder build(depthwise, all_ops());
  const ValueId x = depthwise.add_input("x", Type{DType::f32, {1, 5, 5, 4}});
  depthwise.set_outputs({build.emit("conv2d", "d", {x, depthwise.add_constant("u", random_weights(rng, {4, 1, 1, 1}))},
                                    {{"strides", std::vector<std::int64_t>{1, 1}}, {"dilations", std::vector<std::int64_t>{1, 1}},
                                     {"pads", std::vector<std::int64_t>{0, 0, 0, 0}}, {"groups", std::int64_t{4}}}).value()});
  const Status status = transform(depthwise, "prune-second-order{pattern=block4x2}", samples_of(rng, 20).get());
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().to_string().find("TC5045") == 0);
}

}  // namespace tinyc
