// Operators choose kernels by the cost model of the target.

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "lib/cost/core_model.h"
#include "tests/support/text_graphs.h"

using namespace tinyc;

namespace {

// A 3x3 convolution of an image of size x size pixels whose weights are not zero, but for every `sparse`-th block of four outputs.
Graph convolution(std::int64_t size, std::int64_t channels, std::int64_t outputs, std::int64_t sparse = 0) {
  std::string weights;
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t i = 0; i < 9 * channels; ++i)
      weights += fmt::format("{}{}", weights.empty() ? "" : ", ", sparse && (i / 4 + o / 4) % sparse != 0 ? 0 : 1 + (o + i) % 90);
  std::string scales, zeros;
  for (std::int64_t o = 0; o < outputs; ++o) {
    scales += o ? ", 0.01" : "0.01";
    zeros += o ? ", 0" : "0";
  }
  return test::graph_of(fmt::format(R"(graph "g" stage=quantized
input %x: i8[1,{0},{0},{1}] quant(0.5:1)
const %w: i8[{2},3,3,{1}] quant(axis=0, scale=[{4}], zero_point=[{5}]) = [{3}]
%y: i8[1,{0},{0},{2}] quant(2:1) = conv2d(%x, %w, none) {{strides=[1, 1], dilations=[1, 1], pads=[1, 1, 1, 1], groups=1}}
output %y
)",
                                    size, channels, outputs, weights, scales, zeros));
}

KernelCall call_for(const Graph& graph, const CoreFeatures& features) {
  const NodeView node = view(graph, graph.nodes().front());
  auto calls = (*node.op.lower)(node, features);
  REQUIRE(calls.ok());
  REQUIRE(calls->size() == 1);
  return calls->front();
}

// Everything costs the same, but for one kernel.
class Prefers final : public KernelCost {
 public:
  explicit Prefers(std::string kernel) : kernel_(std::move(kernel)) {}
  std::optional<double> cycles(const KernelCall& call) const override { return call.kernel == kernel_ ? 1 : 1000; }

 private:
  std::string kernel_;
};

}  // namespace

TEST_CASE("a convolution is computed by the kernel that the cost model finds fastest", "[cost]") {
  const Graph graph = convolution(8, 16, 16, 4);
  for (const char* kernel : {"tinyc_conv2d_packed_s8", "tinyc_conv2d_sparse_s8", "tinyc_conv2d_winograd_s8"}) {
    const Prefers cost(kernel);
    CHECK(call_for(graph, {.dsp = true, .cost = &cost}).kernel == kernel);
  }
}

TEST_CASE("two targets with the same instructions get different code where their costs differ", "[cost]") {
  const CoreFeatures m4 = core_features(*find_core("cortex-m4")), m33 = core_features(*find_core("cortex-m33"));
  int different = 0, same = 0;
  for (const std::int64_t channels : {4, 8, 12, 16, 24})
    for (const std::int64_t outputs : {4, 8, 12, 16, 24})
      for (const std::int64_t size : {4, 5, 6, 7, 9}) {
        const Graph graph = convolution(size, channels, outputs);
        const KernelCall on_m4 = call_for(graph, m4), on_m33 = call_for(graph, m33);
        ++(on_m4.kernel == on_m33.kernel ? same : different);
        // Each is the better one of the two on its own core, as far as Winograd's is worth its flash.
        if (on_m4.kernel != on_m33.kernel) CHECK(*m4.cost->cycles(on_m4) < *m4.cost->cycles(on_m33) / 0.89);
      }
  CHECK(different > 0);
  CHECK(same > different);
}
