#include "passes/lower/streams.h"

#include <fmt/format.h>

#include <set>

#include "apps/driver/verify.h"
#include "formats/c/emit.h"
#include "lib/support/rng.h"
#include "passes/lower/lower.h"
#include "passes/lower/place.h"
#include "tests/support/build.h"
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
  CHECK(streamed->arena.peak.count < 20 * 1024);
  check_on_host(*streamed);
  // Size is not given up for memory.
  const auto small = lower(graph_of(text), {.objective = Objective::size}, {});
  REQUIRE(small.ok());
  CHECK(small->streams.empty());
}

TEST_CASE("an input that comes row by row gives what the whole input gives") {
  Rng rng(4);
  int pushed = 0;
  for (int trial = 0; trial < 60 && pushed < 6; ++trial) {
    const std::string text = Chain(rng).text(5);
    INFO(text);
    const auto model = lower(graph_of(text), {.dsp = trial % 2 == 0}, {.push_rows = true});
    if (!model.ok()) continue;
    ++pushed;
    check_on_host(*model);
    const Shape& shape = model->graph.value(model->graph.inputs().front()).type().shape;
    const bool planar = shape[1] < 9;  // of these graphs
    const std::int64_t planes = planar ? shape[1] : 1, rows = planar ? shape[2] : shape[1], row = planar ? shape[3] : shape[2] * shape[3];
    auto files = *emit_c(*model, {.prefix = "m"});
    const bool several = model->graph.outputs().size() > 1;
    files["main.c"] = fmt::format(R"(#include <stdio.h>
#include <string.h>
#include "m.h"
static double arena[M_ARENA_BYTES / 8 + 1];
static int8_t input[M_INPUT_BYTES], row[M_INPUT_ROW_BYTES], output[2][4096];
int main(void) {{
  {0} int i, k;
  for (i = 0; i < M_INPUT_BYTES; ++i) input[i] = (int8_t)((i * 37 + i / 5) % 251 - 125);
  {1}
  if (m_run(arena, input, {2}) != 0) return 1;
  memcpy(output[1], output[0], sizeof output[0]);
  memset(output[0], 0, sizeof output[0]);
  if (m_begin(arena) != 0 || m_finish(arena, {2}) != M_ERROR_ROWS || m_begin(arena) != 0) return 2;
  for (i = 0; i < M_INPUT_ROWS; ++i) {{
    for (k = 0; k < {3}; ++k) memcpy(row + k * {5}, input + (k * {4} + i) * {5}, {5});
    if (m_push_row(arena, row) != 0) return 3;
  }}
  if (M_INPUT_ROWS != {4} || m_push_row(arena, row) != M_ERROR_ROWS || m_push_row(arena, NULL) != M_ERROR_NULL) return 4;
  if (m_finish(arena, {2}) != 0) return 5;
  return memcmp(output[0], output[1], sizeof output[0]) != 0 ? 6 : m_selftest(arena) != 0 ? 7 : 0;
}})", several ? "int8_t *both[2];" : "", several ? "both[0] = output[0], both[1] = output[0] + 2048;" : "", several ? "both" : "output[0]", planes, rows, row);
    const auto built = test::build(files, {"cc", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "main.c", "m.c",
                                           "m_weights.c", "m_selftest.c", "-o", "main"});
    INFO(files["m.c"]);
    INFO(built.compiled.errors);
    REQUIRE(built.compiled.ok());
    const auto ran = run_subprocess({{(built.folder.path() / "main").string()}});
    REQUIRE(ran.ok());
    INFO(ran->errors);
    CHECK(ran->exit_code == 0);
  }
  CHECK(pushed == 6);
  const auto refused = lower(graph_of(R"(graph "g" stage=quantized
input %x: i8[1,32] quant(0.5:1)
%a: i8[1,32] quant(0.5:1) = clip(%x) {low=0.0}
output %a
)"),
                             {}, {.push_rows = true});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().diagnostics().front().id == "TC3102");
}

TEST_CASE("a limit of memory is kept or missed with figures") {
  Rng rng(8);
  std::string text;
  std::int64_t whole = 0, least = 0;
  for (int trial = 0; trial < 50 && least == whole; ++trial) {
    text = Chain(rng).text(6);
    const auto usual = lower(graph_of(text), {}, {}), streamed = lower(graph_of(text), {.objective = Objective::ram}, {});
    REQUIRE(usual.ok());
    REQUIRE(streamed.ok());
    whole = usual->arena.peak.count, least = streamed->arena.peak.count;
  }
  REQUIRE(least < whole);
  const auto kept = lower(graph_of(text), {}, {.max_ram = Bytes(least)}), missed = lower(graph_of(text), {}, {.max_ram = Bytes(least / 2)});
  REQUIRE(kept.ok());
  CHECK(kept->arena.peak.count <= least);
  REQUIRE_FALSE(missed.ok());
  CHECK(missed.error().diagnostics().front().id == "TC2101");
  CHECK(missed.error().exit_code() == ExitCode::gate_missed);
}
