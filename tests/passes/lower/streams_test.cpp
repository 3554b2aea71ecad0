#include "passes/lower/streams.h"

#include <fmt/format.h>

#include <set>

#include "apps/driver/verify.h"
#include "formats/c/emit.h"
#include "lib/support/rng.h"
#include "passes/lower/lower.h"
#include "passes/lower/place.h"
#include "tests/support/text_graphs.h"

using namespace tinyc;
using tinyc::test::graph_of;

namespace {

// A random chain of layers over images that grow no larger, with some joins.
class Chain {
 public:
  explicit Chain(Rng& rng) : rng_(rng) {}

  std::string text(int layers) {
    text_ = "graph \"chain\" stage=quantized\n";
    values_.push_back({"x", pick(9, 17), pick(2, 5), pick(0, 1) ? 4 : 3});
    const bool planar = pick(0, 3) == 0;
    const Value input = values_[0];
    text_ += planar ? fmt::format("input %x: i8[1,{},{},{}] quant(0.5:3)\n", input.channels, input.height, input.width)
                    : fmt::format("input {}\n", typed(input));
    if (planar) convolution("conv2d_planar", 3);
    while (static_cast<int>(values_.size()) <= layers) layer(planar);
    return text_ + "output %" + values_.back().name + (pick(0, 2) == 0 ? ", %v2\n" : "\n");
  }

 private:
  struct Value {
    std::string name;
    std::int64_t height, width, channels;
  };
  std::int64_t pick(std::int64_t low, std::int64_t high) { return rng_.integer(low, high); }
  static std::string typed(const Value& v) {
    return fmt::format("%{}: i8[1,{},{},{}] quant(0.5:3)", v.name, v.height, v.width, v.channels);
  }
  Value next(std::int64_t height, std::int64_t width, std::int64_t channels) {
    return {fmt::format("v{}", values_.size()), height, width, channels};
  }

  void layer(bool planar) {
    const Value last = values_.back();
    switch (pick(0, 5)) {
      case 0: {
        for (std::size_t i = values_.size() - 1; i-- > (planar ? 1u : 0u);)
          if (values_[i].height == last.height && values_[i].width == last.width && values_[i].channels == last.channels)
            return add(next(last.height, last.width, last.channels), fmt::format("add(%{}, %{})", last.name, values_[i].name));
        return;
      }
      case 1: return add(next(last.height, last.width, last.channels), fmt::format("clip(%{}) {{low=-9.0}}", last.name));
      case 2: {
        if (last.height < 8) return;
        const std::int64_t pad = pick(0, 1), height = (last.height + pad - 2) / 2 + 1;
        return add(next(height, last.width, last.channels),
                   fmt::format("max_pool(%{}) {{kernel=[2, 1], strides=[2, 1], dilations=[1, 1], pads=[0, 0, {}, 0]}}", last.name, pad));
      }
      default: return convolution("conv2d", last.height < 3 || pick(0, 2) == 0 ? 1 : 3);
    }
  }

  void convolution(std::string_view op, std::int64_t kernel) {
    const Value last = values_.back();
    const bool planar = op == "conv2d_planar", depthwise = !planar && kernel == 3 && pick(0, 2) == 0;
    const std::int64_t stride = last.height > 8 ? pick(1, 2) : 1, above = kernel == 1 ? 0 : pick(0, 2), below = kernel == 1 ? 0 : pick(0, 2);
    const std::int64_t outputs = depthwise ? last.channels : pick(1, 2) * 4, inputs = depthwise ? 1 : last.channels;
    const std::int64_t height = (last.height + above + below - kernel) / stride + 1;
    std::string weights, scales = "0.01", zeros = "0", bias, bias_scales = "0.005", bias_zeros = "0";
    for (std::int64_t i = 0; i < outputs * kernel * kernel * inputs; ++i) weights += fmt::format("{}{}", i ? ", " : "", pick(-90, 90));
    for (std::int64_t i = 1; i < outputs; ++i) scales += ", 0.01", zeros += ", 0";
    const std::string id = fmt::format("w{}", values_.size());
    text_ += fmt::format("const %{}: i8[{},{},{},{}] quant(axis=0, scale=[{}], zero_point=[{}]) = [{}]\n", id, outputs, kernel, kernel,
                         inputs, scales, zeros, weights);
    const std::int64_t side = kernel / 2;
    add(next(height, last.width, outputs),
        fmt::format("{}(%{}, %{}, none) {{strides=[{}, 1], dilations=[1, 1], pads=[{}, {}, {}, {}], groups={}}}", op, last.name, id, stride,
                    above, side, below, side, depthwise ? last.channels : 1));
  }

  void add(const Value& value, const std::string& expression) {
    text_ += fmt::format("{} = {}\n", typed(value), expression);
    values_.push_back(value);
  }

  Rng& rng_;
  std::string text_;
  std::vector<Value> values_;
};

// The model with this stream in it.
std::optional<CompiledModel> with_stream(CompiledModel model, const StreamShape& shape) {
  auto planned = plan_stream(model, row_layers(model), shape);
  if (!planned || !lower_stream(model, *planned)) return std::nullopt;
  model.placements.clear(), model.copies.clear();
  place_activations(model, {*planned});
  return model;
}

void check_on_host(const CompiledModel& model) {
  auto files = emit_c(model, {.prefix = "m"});
  REQUIRE(files.ok());
  const auto outcome = verify_sources(model.graph, {"m", *files}, {.samples = 4});
  REQUIRE(outcome.ok());
  INFO(files->at("m.c"));
  INFO(outcome->cores.front().message);
  CHECK(outcome->cores.front().verdict == Verdict::identical);
}

}  // namespace

TEST_CASE("layers compute the same as a stream, whatever the layers, the rows of a step and the way in") {
  Rng rng(11);
  int streams = 0, fed = 0, others = 0;
  for (int trial = 0; trial < 400 && streams < 28; ++trial) {
    const std::string text = Chain(rng).text(7);
    INFO(text);
    auto model = lower(graph_of(text), {.dsp = trial % 2 == 0}, {.external_input = trial % 5 == 0, .streams = false});
    REQUIRE(model.ok());
    const auto layers = static_cast<std::int64_t>(model->layers.size());
    const auto first = rng.integer(0, layers - 2), last = rng.integer(first + 1, std::min(layers - 1, first + 5));
    const StreamShape shape{static_cast<std::size_t>(first), static_cast<std::size_t>(last), rng.integer(1, 3), rng.integer(0, 1) == 1,
                            rng.integer(0, 1) == 1};
    const auto streamed = with_stream(*model, shape);
    if (!streamed) continue;
    const Stream& stream = streamed->streams.front();
    ++streams;
    fed += stream.feeds.empty() ? 0 : 1;
    for (const StreamedLayer& layer : stream.layers) others += layer.first || layer.last ? 1 : 0;
    check_on_host(*streamed);
  }
  CHECK(streams == 28);
  CHECK(fed > 4);
  CHECK(others > 4);
}

TEST_CASE("a large value between two small ones is streamed") {
  std::string weights = "1", scales = "0.01", zeros = "0";
  for (int i = 1; i < 32 * 4; ++i) weights += fmt::format(", {}", i % 13);
  for (int i = 1; i < 32; ++i) scales += ", 0.01", zeros += ", 0";
  std::string back = "1";
  for (int i = 1; i < 4 * 9 * 32; ++i) back += fmt::format(", {}", i % 7);
  const std::string text = fmt::format(R"(graph "g" stage=quantized
input %x: i8[1,32,32,4] quant(0.5:1)
const %w: i8[32,1,1,4] quant(axis=0, scale=[{}], zero_point=[{}]) = [{}]
const %v: i8[4,3,3,32] quant(axis=0, scale=[0.01, 0.01, 0.01, 0.01], zero_point=[0, 0, 0, 0]) = [{}]
%a: i8[1,32,32,32] quant(0.5:2) = conv2d(%x, %w, none) {{strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0], groups=1}}
%b: i8[1,32,32,4] quant(0.5:3) = conv2d(%a, %v, none) {{strides=[1, 1], dilations=[1, 1], pads=[1, 1, 1, 1], groups=1}}
%c: i8[1,32,32,4] quant(0.5:3) = max_pool(%b) {{kernel=[1, 1], strides=[1, 1], dilations=[1, 1], pads=[0, 0, 0, 0]}}
output %c
)",
                                       scales, zeros, weights, back);
  const auto whole = lower(graph_of(text), {}, {.streams = false}), streamed = lower(graph_of(text), {}, {});
  REQUIRE(whole.ok());
  REQUIRE(streamed.ok());
  CHECK(whole->streams.empty());
  REQUIRE(streamed->streams.size() == 1);
  CHECK(whole->arena.peak.count > 32 * 1024);
  CHECK(streamed->arena.peak.count < 16 * 1024);
  check_on_host(*streamed);
  // Size is not given up for memory.
  const auto small = lower(graph_of(text), {.objective = Objective::size}, {});
  REQUIRE(small.ok());
  CHECK(small->streams.empty());
}
