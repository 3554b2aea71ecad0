#include "lib/ops/elementwise.h"

#include <cmath>
#include <cstdlib>

#include "lib/quant/affine.h"
#include "tests/lib/ops/evaluate.h"

using namespace tinyc;

namespace {

const Tensor line = reals({5}, {-3, -0.5f, 0, 0.5f, 3});

// All int8 values in order, and each value of `step`-spaced ones against all of them.
Tensor all_values() {
  Tensor tensor(DType::i8, Shape{256, 1});
  for (int i = 0; i < 256; ++i) tensor.mutable_data<std::int8_t>()[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(i - 128);
  return tensor;
}

// Int8 results are within `steps` of the float result of the same real operands, quantized without rounding.
void check_int8(std::string_view op, const std::vector<Stored>& operands, const Quantization& result, double steps,
                const Attributes& attributes = {}) {
  CAPTURE(std::string(op));
  const Tensor stored = evaluate_int8(op, operands, result, attributes);
  std::vector<Tensor> real;
  for (const Stored& operand : operands) real.push_back(dequantize_tensor(operand.tensor, operand.parameters));
  const std::vector<double> expected = evaluate(op, real, attributes).to_doubles();
  const std::vector<double> actual = stored.to_doubles();
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const double exact = expected[i] / static_cast<double>(result.scale[0]) + result.zero_point[0];
    REQUIRE(std::abs(actual[i] - std::min(127.0, std::max(-128.0, exact))) <= steps);
  }
}

}  // namespace

TEST_CASE("activations compute their formulas") {
  check_close(evaluate("relu", {line}), {0, 0, 0, 0.5, 3});
  check_close(evaluate("leaky_relu", {line}, {{"alpha", 0.1}}), {-0.3, -0.05, 0, 0.5, 3});
  check_close(evaluate("hard_sigmoid", {line}, {{"alpha", 0.2}, {"beta", 0.5}}), {0, 0.4, 0.5, 0.6, 1});
  check_close(evaluate("hard_swish", {line}), {0, -0.5 * 2.5 / 6, 0, 0.5 * 3.5 / 6, 3});
  check_close(evaluate("sigmoid", {line}), {0.04742587, 0.37754067, 0.5, 0.62245933, 0.95257413});
  check_close(evaluate("tanh", {line}), {-0.99505475, -0.46211716, 0, 0.46211716, 0.99505475});
  check_close(evaluate("clip", {line}, {{"clamp_low", -1.0}, {"clamp_high", 0.25}}), {-1, -0.5, 0, 0.25, 0.25});
  check_close(evaluate("clip", {line}, {{"clamp_high", 0.25}}), {-3, -0.5, 0, 0.25, 0.25});
  check_close(evaluate("identity", {line}), {-3, -0.5, 0, 0.5, 3});
}

TEST_CASE("saturated activations stay finite, and a NaN stays a NaN") {
  const Tensor far = reals({2}, {-1e30f, 1e30f});
  check_close(evaluate("sigmoid", {far}), {0, 1});
  check_close(evaluate("tanh", {far}), {-1, 1});
  for (const char* op : {"relu", "clip", "sigmoid"})
    CHECK(std::isnan(evaluate(op, {reals({1}, {NAN})}).data<float>()[0]));
}

TEST_CASE("arithmetic broadcasts as NumPy does") {
  const Tensor a = reals({2, 3}, {1, 2, 3, 4, 5, 6});
  check_close(evaluate("add", {a, reals({3}, {10, 20, 30})}), {11, 22, 33, 14, 25, 36});
  check_close(evaluate("sub", {reals({2, 1}, {10, 20}), a}), {9, 8, 7, 16, 15, 14});
  check_close(evaluate("mul", {a, reals({}, {2})}), {2, 4, 6, 8, 10, 12});
  const Tensor outer = evaluate("mul", {reals({2, 1, 1}, {1, 10}), reals({3, 1}, {1, 2, 3})});
  CHECK(outer.shape() == Shape{2, 3, 1});
  check_close(outer, {1, 2, 3, 10, 20, 30});
  const Tensor square = evaluate("add", {reals({2, 1, 2}, {1, 2, 3, 4}), reals({1, 2, 1}, {10, 20})});
  check_close(square, {11, 12, 21, 22, 13, 14, 23, 24});
  check_close(evaluate("add", {a, a}, {{"clamp_low", 3.0}, {"clamp_high", 9.0}}), {3, 4, 6, 8, 9, 9});
  CHECK(evaluate("add", {reals({0, 3}, {}), reals({3}, {1, 2, 3})}).shape() == Shape{0, 3});
}

TEST_CASE("integer arithmetic is exact and wraps") {
  const auto of = [](std::vector<std::int64_t> values) { return Tensor::of(Shape{2}, values); };
  const std::int64_t large = std::int64_t{1} << 62;
  CHECK(evaluate("add", {of({large + 1, -1}), of({1, 5})}) == of({large + 2, 4}));
  CHECK(evaluate("mul", {of({large, 3}), of({4, -7})}) == of({0, -21}));
  CHECK(evaluate("sub", {of({INT64_MIN, 3}), of({1, 7})}) == of({INT64_MAX, -4}));
  CHECK(evaluate("relu", {of({-large, large})}) == of({0, large}));
  CHECK(evaluate("clip", {of({-5, 5})}, {{"clamp_low", -1e30}, {"clamp_high", 3.0}}) == of({-5, 3}));
}

TEST_CASE("half precision is computed in single precision and rounded") {
  const Tensor a = reals({3}, {1, 2, 1000}).cast(DType::f16);
  const Tensor sum = evaluate("add", {a, reals({}, {0.5f}).cast(DType::f16)});
  CHECK(sum.dtype() == DType::f16);
  check_close(sum, {1.5, 2.5, 1000.5});
  check_close(evaluate("sigmoid", {reals({1}, {0}).cast(DType::bf16)}), {0.5});
}

TEST_CASE("softmax along any axis") {
  const double e = std::exp(1.0);
  const Tensor x = reals({2, 2}, {0, 1, 1, 1});
  check_close(evaluate("softmax", {x}, {{"axis", std::int64_t{1}}}), {1 / (1 + e), e / (1 + e), 0.5, 0.5});
  check_close(evaluate("softmax", {x}, {{"axis", std::int64_t{-2}}}), {1 / (1 + e), 0.5, e / (1 + e), 0.5});
  check_close(evaluate("softmax", {reals({1, 2}, {1e30f, -1e30f})}, {{"axis", std::int64_t{1}}}), {1, 0});
}

TEST_CASE("operands that do not go together are refused") {
  const auto id_of = [](std::string_view op, const std::vector<Tensor>& operands, Attributes attributes = {}) {
    const auto result = try_evaluate(op, operands, std::move(attributes));
    return result.ok() ? std::string() : result.error().diagnostics().front().id;
  };
  const Tensor integers = Tensor::of(Shape{5}, std::vector<std::int64_t>{1, 2, 3, 4, 5});
  CHECK(id_of("add", {line, reals({4}, {1, 2, 3, 4})}) == "TC4010");
  CHECK(id_of("add", {line, integers}) == "TC4010");
  CHECK(id_of("add", {line}) == "TC4010");
  CHECK(id_of("sigmoid", {integers}) == "TC3011");
  CHECK(id_of("mul", {line, line}, {{"clamp_low", 1.0}, {"clamp_high", 0.0}}) == "TC4010");
  CHECK(id_of("leaky_relu", {line}) == "TC4010");
  CHECK(id_of("softmax", {line}, {{"axis", std::int64_t{1}}}) == "TC4010");
  CHECK(id_of("requantize", {line}, {{"scale", 1.0}, {"zero_point", std::int64_t{0}}}) == "TC4010");
}

TEST_CASE("int8 results are the real ones within one step") {
  const Stored a{all_values(), Quantization::per_tensor(0.03f, 5)};
  const Stored b{all_values().reshaped({1, 256}), Quantization::per_tensor(0.011f, -20)};
  check_int8("add", {a, b}, Quantization::per_tensor(0.04f, -3), 0.52);
  check_int8("sub", {a, b}, Quantization::per_tensor(0.04f, -3), 0.52);
  check_int8("mul", {a, b}, Quantization::per_tensor(0.04f, 10), 0.51);
  check_int8("add", {a, b}, Quantization::per_tensor(0.02f, -128), 0.54, {{"clamp_low", 0.0}});
  check_int8("relu", {a}, a.parameters, 1e-4);
  check_int8("relu", {a}, Quantization::per_tensor(0.015f, -128), 0.51);
  check_int8("clip", {a}, Quantization::per_tensor(0.02f, 0), 0.51, {{"clamp_low", -1.0}, {"clamp_high", 1.0}});
}

TEST_CASE("an int8 softmax is within one step of the real one") {
  std::vector<std::int8_t> logits;
  for (int i = 0; i < 600; ++i) logits.push_back(static_cast<std::int8_t>((i * 37 + i * i * 11) % 256 - 128));
  for (const std::int64_t n : {2, 3, 12, 600})
    for (const float scale : {0.001f, 0.05f, 0.3f, 4.0f}) {
      const std::int64_t rows = 600 / n;
      const Tensor x = Tensor::of(Shape{rows, n}, std::vector<std::int8_t>(logits.begin(), logits.begin() + rows * n));
      check_int8("softmax", {{x, Quantization::per_tensor(scale, 7)}}, Quantization::per_tensor(1.0f / 256, -128), 1.001,
                 {{"axis", std::int64_t{1}}});
    }
}

TEST_CASE("quantize, requantize and dequantize keep real values within half a step") {
  Graph graph;
  const ValueId x = graph.add_input("x", Type{DType::f32, Shape{6}});
  Builder builder(graph, all_ops());
  const auto emit = [&](std::string_view op, ValueId operand, Attributes attributes) {
    auto value = builder.emit(op, op, {operand}, std::move(attributes));
    if (!value.ok()) FAIL(value.error().to_string());
    return *value;
  };
  const ValueId q = emit("quantize", x, {{"scale", 0.125}, {"zero_point", std::int64_t{-10}}});
  const ValueId r = emit("requantize", q, {{"scale", 0.25}, {"zero_point", std::int64_t{3}}});
  const ValueId y = emit("dequantize", r, {});
  const ValueId u = emit("quantize", x, {{"scale", 0.125}, {"zero_point", std::int64_t{128}}, {"type", std::string("u8")}});
  graph.set_outputs({q, y, u});
  const auto outputs = run(graph, std::vector<Tensor>{reals({6}, {0, 0.125f, -0.3125f, 1, 1e9f, NAN})});
  REQUIRE(outputs.ok());
  // quantize rounds halves away from zero, requantize upwards.
  CHECK((*outputs)[0].to_integers() == std::vector<std::int64_t>{-10, -9, -13, -2, 127, -10});
  check_close((*outputs)[1], {0, 0.25, -0.25, 1, 17.25, 0});
  CHECK((*outputs)[2].to_integers() == std::vector<std::int64_t>{128, 129, 125, 136, 255, 128});
}
