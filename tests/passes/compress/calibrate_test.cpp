#include <limits>

#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

const char* const model = R"(graph "g" stage=canonical
input %x: f32[1,2]
const %w: f32[2,2] = [1.0, 0.0, 0.0, -2.0]
%y: f32[1,2] = fully_connected(%x, %w) {clamp_low=0.0}
%z: f32[1,2] = add(%y, %x)
output %z
)";

std::unique_ptr<Dataset> data(const std::vector<std::vector<float>>& rows) {
  std::vector<std::vector<Tensor>> samples;
  for (const auto& row : rows) samples.push_back({Tensor::of<float>({1, 2}, row)});
  return make_dataset(std::move(samples));
}

}  // namespace

TEST_CASE("ranges are the extremes over all samples, after fused activations") {
  const auto samples = data({{1, 1}, {-1, -0.5f}, {3, 0}});
  for (const int threads : {1, 3}) {
    Graph graph = graph_of(model);
    Trace trace;
    require_ok(transform(graph, "calibrate", samples.get(), &trace, threads));
    CHECK(graph.stage == Stage::calibrated);
    CHECK(print(graph) == R"(graph "g" stage=calibrated
input %x: f32[1,2] range(-1, 3)
const %w: f32[2,2] = [1, 0, 0, -2]
%y: f32[1,2] range(0, 3) = fully_connected(%x, %w) {clamp_low=0.0}
%z: f32[1,2] range(-1, 6) = add(%y, %x)
output %z
)");
    CHECK(trace.notes.at(0).facts.integer("samples") == 3);
  }
}

TEST_CASE("values that overflow, missing samples and unknown methods are errors") {
  Graph graph = graph_of(model);
  const auto huge = data({{1, 1}, {1, -3e38f}});
  const Status status = transform(graph, "calibrate", huge.get());
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(status.error().to_string(), Catch::Contains("TC6034: y") && Catch::Contains("sample 1"));
  CHECK(transform(graph, "calibrate", data({}).get()).error().diagnostics()[0].id == "TC6032");
  CHECK(transform(graph, "calibrate{method=median}", huge.get()).error().diagnostics()[0].id == "TC5041");
}

}  // namespace tinyc
