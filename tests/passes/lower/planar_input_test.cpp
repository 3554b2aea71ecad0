#include <catch2/catch.hpp>

#include "lib/exec/interpreter.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"
#include "passes/lower/passes.h"
#include "tests/support/text_graphs.h"

using namespace tinyc;
using tinyc::test::graph_of;

namespace {

std::string network(const std::string& window, int kernel_width) {
  std::string weights;
  for (int i = 0; i < 2 * 3 * kernel_width * 2; ++i) weights += (i ? ", " : "") + std::to_string(i * 37 % 255 - 127);
  return "graph \"g\" stage=quantized\ninput %x: i8[1,2,7,9] quant(0.02:5)\n"
         "const %w: i8[2,3," + std::to_string(kernel_width) + ",2] quant(axis=0, scale=[0.01, 0.02], zero_point=[0, 0]) = [" + weights + "]\n"
         "%t: i8[1,7,9,2] quant(0.02:5) = transpose(%x) {perm=[0, 2, 3, 1]}\n"
         "%y: i8[1,4,5,2] quant(0.3:-3) = conv2d(%t, %w) {" + window + "}\noutput %y\n";
}

Changed planar(Graph& graph) {
  PassContext context;
  context.ops = all_ops();
  const auto changed = find_pass(lower_passes(), "planar-input")->run(graph, context);
  REQUIRE(changed.ok());
  return *changed;
}

}  // namespace

TEST_CASE("a convolution of the transposed input reads it as it is, with the same result") {
  const Graph before = graph_of(network("dilations=[1, 1], groups=1, pads=[1, 1, 1, 1], strides=[2, 2]", 3));
  Graph after = before;
  CHECK(planar(after) == Changed::yes);
  REQUIRE(after.nodes().size() == 1);
  CHECK(after.node(after.nodes().front()).op().name == "conv2d_planar");
  Rng rng(5);
  Tensor x(DType::i8, Shape{1, 2, 7, 9});
  for (auto& value : x.mutable_data<std::int8_t>()) value = static_cast<std::int8_t>(rng.integer(-128, 127));
  const auto expected = run(before, {&x, 1}), actual = run(after, {&x, 1});
  REQUIRE(expected.ok());
  REQUIRE(actual.ok());
  CHECK(expected->front() == actual->front());
}

TEST_CASE("other windows and a transpose that is read elsewhere stay") {
  Graph wide = graph_of(network("dilations=[1, 1], groups=1, pads=[1, 2, 1, 2], strides=[2, 2]", 5));
  CHECK(planar(wide) == Changed::no);
  Graph shared = graph_of(network("dilations=[1, 1], groups=1, pads=[1, 1, 1, 1], strides=[2, 2]", 3));
  shared.set_outputs({*shared.find_value("y"), *shared.find_value("t")});
  CHECK(planar(shared) == Changed::no);
}
