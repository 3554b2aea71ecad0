#include "lib/exec/interpreter.h"
#include "lib/support/rng.h"
#include "tests/passes/compress/run.h"

namespace tinyc {
namespace {

// Two convolutions around a padded depthwise one, eight channels. Dead: `silent` channels get weights of zero, `unread`
// ones are read by weights of zero.
std::string network(const std::vector<int>& silent, const std::vector<int>& unread) {
  Rng rng(7);
  const auto is_in = [](const std::vector<int>& list, int c) { return std::find(list.begin(), list.end(), c) != list.end(); };
  const auto weights = [&](int outputs, int depth, auto zero) {
    std::string text = "[";
    for (int o = 0; o < outputs; ++o)
      for (int k = 0; k < depth; ++k)
        text += (text.size() > 1 ? ", " : "") + std::to_string(zero(o, k) ? 0 : rng.integer(-127, 127));
    return text + "]";
  };
  const auto scales = [](int n) {
    std::string scale, zero;
    for (int i = 0; i < n; ++i) scale += i ? ", 0.01" : "0.01", zero += i ? ", 0" : "0";
    return "quant(axis=0, scale=[" + scale + "], zero_point=[" + zero + "])";
  };
  return "graph \"g\" stage=quantized\n"
         "input %x: i8[1,5,5,3] quant(0.02:5)\n"
         "const %w1: i8[8,1,1,3] " + scales(8) + " = " + weights(8, 3, [&](int o, int) { return is_in(silent, o); }) + "\n"
         "const %b1: i32[8] " + scales(8) + " = [10, -3000, 50, 4000, 5, -700, 80, 9]\n"
         "const %w2: i8[8,3,3,1] " + scales(8) + " = " + weights(8, 9, [](int, int) { return false; }) + "\n"
         "const %w3: i8[4,1,1,8] " + scales(4) + " = " + weights(4, 8, [&](int, int k) { return is_in(unread, k); }) + "\n"
         "%a: i8[1,5,5,8] quant(0.03:-128) = conv2d(%x, %w1, %b1) {clamp_low=0.0, dilations=[1, 1], groups=1, "
         "pads=[0, 0, 0, 0], strides=[1, 1]}\n"
         "%d: i8[1,5,5,8] quant(0.05:-128) = conv2d(%a, %w2) {clamp_low=0.0, dilations=[1, 1], groups=8, "
         "pads=[1, 1, 1, 1], strides=[1, 1]}\n"
         "%y: i8[1,5,5,4] quant(0.1:3) = conv2d(%d, %w3) {dilations=[1, 1], groups=1, pads=[0, 0, 0, 0], strides=[1, 1]}\n"
         "output %y\n";
}

void check_same_outputs(const Graph& before, const Graph& after) {
  Rng rng(3);
  for (int sample = 0; sample < 8; ++sample) {
    std::vector<std::int8_t> values(75);
    for (auto& value : values)
      value = static_cast<std::int8_t>(sample == 0 ? -128 : sample == 1 ? 127 : rng.integer(-128, 127));
    const std::vector<Tensor> inputs{Tensor::of<std::int8_t>(Shape{1, 5, 5, 3}, values)};
    const auto expected = run(before, inputs), actual = run(after, inputs);
    REQUIRE(expected.ok());
    REQUIRE(actual.ok());
    CHECK((*expected)[0] == (*actual)[0]);
  }
}

std::int64_t channels_after(const Graph& before, std::string_view value) {
  Graph after = before;
  require_ok(transform(after, "remove-dead-channels"));
  check_same_outputs(before, after);
  return after.value(*after.find_value(value)).type().shape[3];
}

}  // namespace

TEST_CASE("channels that nothing reads disappear, in words of four, through a depthwise convolution") {
  const Graph graph = graph_of(network({}, {1, 2, 5, 7}));
  CHECK(channels_after(graph, "a") == 4);
  CHECK(channels_after(graph, "d") == 4);
  CHECK(channels_after(graph, "y") == 4);
}

TEST_CASE("a channel that is always the same folds into the next bias unless padding shows") {
  // Channels 1 and 5 are clamped to the zero point for every input; 3 is another constant, which the padded depthwise
  // convolution turns into a border that differs from the middle.
  const Graph graph = graph_of(network({1, 3, 5}, {2, 7}));
  CHECK(channels_after(graph, "a") == 4);
}

TEST_CASE("a graph without dead channels stays as it is") {
  const Graph before = graph_of(network({}, {}));
  Graph after = before;
  require_ok(transform(after, "remove-dead-channels"));
  CHECK(print(before) == print(after));
}

}  // namespace tinyc
