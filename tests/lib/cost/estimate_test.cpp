#include "lib/cost/estimate.h"

#include <catch2/catch.hpp>

#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/target/target.h"

using namespace tinyc;

namespace {

Graph example() {
  auto graph = parse_graph(R"(graph "g" stage=canonical
input %x: f32[1,4,4,2]
const %w: f32[3,1,1,2] = [1, 2, 3, 4, 5, 6]
const %b: f32[3] = [1, 2, 3]
%y: f32[1,4,4,3] = conv2d(%x, %w, %b) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}
%z: f32[1,48] = reshape(%y) {shape=[1, 48]}
output %z
)",
                           all_ops());
  INFO((graph.ok() ? "" : graph.error().to_string()));
  REQUIRE(graph.ok());
  return std::move(graph).value();
}

// A layer of a kernel that is fitted on every core, and a view.
CompiledModel compiled() {
  auto graph = parse_graph(R"(graph "g" stage=canonical
input %x: f32[1,96]
%y: f32[1,96] = reshape(%x) {shape=[1, 96]}
output %y
)",
                           all_ops());
  INFO((graph.ok() ? "" : graph.error().to_string()));
  REQUIRE(graph.ok());
  CompiledModel model;
  model.graph = std::move(graph).value();
  KernelCall call{.kernel = "tinyc_lookup_table_s8", .params = {{"count", std::int64_t{96}}}};
  model.layers.push_back({model.graph.nodes().front(), "y", {call}});
  return model;
}

}  // namespace

TEST_CASE("work is counted per layer, a float graph as if it were int8", "[cost]") {
  const auto layers = count_work(example());
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].work.macs == 4 * 4 * 3 * 2);
  CHECK(layers[0].parameters == 6 + 3);
  CHECK((layers[0].parameter_bytes == Bytes(6 + 3 * 4)));
  CHECK((layers[0].output_bytes == Bytes(4 * 4 * 3)));
  CHECK((layers[0].inputs == std::vector<Shape>{{1, 4, 4, 2}}));
}

TEST_CASE("an estimate is the sum of its layers, within a band, and says what it does not know", "[cost]") {
  CompiledModel model = compiled();
  for (const Core& core : all_cores()) {
    INFO(core.name);
    const Estimate known = estimate(model, core);
    CHECK(known.unfitted.empty());
    CHECK(known.layers[0].fitted);
    CHECK(known.cycles.low > 0);
    CHECK(known.cycles.low < known.cycles.expected);
    CHECK(known.cycles.expected < known.cycles.high);
    CHECK(known.cycles.expected == known.layers[0].cycles.expected);
    CHECK(dense_share(known) == 0);
    CHECK(CoreModel::of(core).cycles(model.layers[0].calls[0]) == known.cycles.expected);
  }
  const Core& m4 = *find_target("cortex-m4")->core;
  const double twice = estimate(model, m4).instructions.expected;
  model.layers[0].calls[0].params[0].value = std::int64_t{9600};
  CHECK(estimate(model, m4).instructions.expected > 50 * twice);
  model.layers[0].calls[0].kernel = "tinyc_unheard_of_s8";
  const Estimate unknown = estimate(model, m4);
  CHECK(unknown.unfitted == std::vector<std::string>{"tinyc_unheard_of_s8"});
  CHECK(unknown.cycles.high > 2 * unknown.cycles.expected);
  CHECK_FALSE(CoreModel::of(m4).cycles(model.layers[0].calls[0]));
}

TEST_CASE("counts of a convolution: its products, and its border", "[cost]") {
  const auto conv = [](std::int64_t pad) {
    KernelCall call{.kernel = "tinyc_conv2d_s8"};
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::int64_t>>{
             {"in_height", 4}, {"in_width", 4}, {"in_channels", 4}, {"out_height", 2 + 2 * pad}, {"out_width", 2 + 2 * pad},
             {"out_channels", 2}, {"kernel_height", 3}, {"kernel_width", 3}, {"stride_y", 1}, {"stride_x", 1}, {"dilation_y", 1},
             {"dilation_x", 1}, {"pad_top", pad}, {"pad_left", pad}, {"group_in_channels", 4}, {"group_out_channels", 2}})
      call.params.push_back({name, value});
    return *count_call(call, false);
  };
  const auto turns = [](const CallCounts& counts, std::string_view term) {
    for (const Count& count : counts.counts)
      if (count.term == term) return count.turns;
    return 0.0;
  };
  CHECK(conv(0).kind == WorkKind::dense);
  CHECK(turns(conv(0), "dense2.input") == 2 * 1 * 36);  // two pairs of pixels, one pair of channels
  CHECK(turns(conv(0), "conv.fill") == 0);
  CHECK(turns(conv(1), "dense2.input") == 8 * 36);
  CHECK(turns(conv(1), "conv.fill") == (16 * 9 - 100) * 4);
  CHECK_FALSE(count_call({.kernel = "tinyc_unheard_of_s8"}, true));
}
