// The element-wise operators that are float functions, comparisons or logic.
#include <cmath>

#include "tests/lib/ops/evaluate.h"

using namespace tinyc;

namespace {

Tensor integers(const std::vector<std::int64_t>& values) {
  return Tensor::of(Shape{static_cast<std::int64_t>(values.size())}, values);
}
Tensor booleans(const std::vector<int>& values) {
  Tensor tensor(DType::boolean, Shape{static_cast<std::int64_t>(values.size())});
  for (std::size_t i = 0; i < values.size(); ++i) tensor.mutable_data<bool>()[i] = values[i] != 0;
  return tensor;
}
std::vector<std::int64_t> truth(std::string_view op, const std::vector<Tensor>& operands, Attributes attributes = {}) {
  const Tensor result = evaluate(op, operands, std::move(attributes));
  CHECK(result.dtype() == DType::boolean);
  return result.to_integers();
}
using Truth = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("functions that saturate or bend") {
  const Tensor x = reals({4}, {-2, -0.5f, 0.5f, 2});
  const double e2 = std::exp(-2.0), e05 = std::exp(-0.5);
  check_close(evaluate("elu", {x}, {{"alpha", 2.0}}), {2 * (e2 - 1), 2 * (e05 - 1), 0.5, 2});
  check_close(evaluate("selu", {x}, {{"alpha", 2.0}, {"gamma", 3.0}}), {6 * (e2 - 1), 6 * (e05 - 1), 1.5, 6});
  check_close(evaluate("celu", {x}, {{"alpha", 2.0}}), {2 * (std::exp(-1.0) - 1), 2 * (std::exp(-0.25) - 1), 0.5, 2});
  check_close(evaluate("softplus", {x}), {std::log1p(e2), std::log1p(e05), std::log1p(std::exp(0.5)), std::log1p(std::exp(2.0))});
  check_close(evaluate("softsign", {x}), {-2.0 / 3, -1.0 / 3, 1.0 / 3, 2.0 / 3});
  check_close(evaluate("mish", {x}), {-0.25250147, -0.22074031, 0.37524524, 1.94395897}, 1e-5);
  check_close(evaluate("gelu", {x}, {{"approximate", std::string("none")}}), {-0.04550026, -0.15426877, 0.34573123, 1.95449974});
  check_close(evaluate("gelu", {x}, {{"approximate", std::string("tanh")}}), {-0.04540231, -0.15428599, 0.34571401, 1.95459769});
  check_close(evaluate("thresholded_relu", {x}, {{"alpha", 1.0}}), {0, 0, 0, 2});
  check_close(evaluate("shrink", {x}, {{"lambd", 1.0}, {"bias", 0.25}}), {-1.75, 0, 0, 1.75});
  check_close(evaluate("prelu", {x, reals({1}, {0.25f})}), {-0.5, -0.125, 0.5, 2});
  check_close(evaluate("softplus", {reals({2}, {-1000, 1000})}), {0, 1000});
}

TEST_CASE("rounding, signs and powers") {
  const Tensor x = reals({5}, {-1.5f, -0.5f, 0.5f, 1.5f, 2.5f});
  check_close(evaluate("round", {x}), {-2, 0, 0, 2, 2});
  check_close(evaluate("floor", {x}), {-2, -1, 0, 1, 2});
  check_close(evaluate("ceil", {x}), {-1, 0, 1, 2, 3});
  check_close(evaluate("abs", {x}), {1.5, 0.5, 0.5, 1.5, 2.5});
  check_close(evaluate("sign", {x}), {-1, -1, 1, 1, 1});
  check_close(evaluate("pow", {x, integers({2})}), {2.25, 0.25, 0.25, 2.25, 6.25});
  CHECK(evaluate("pow", {integers({-3, 2}), reals({}, {3})}) == integers({-27, 8}));
  CHECK(evaluate("abs", {integers({-7, 7})}) == integers({7, 7}));
  CHECK(evaluate("neg", {integers({-7, INT64_MIN})}) == integers({7, INT64_MIN}));
  check_close(evaluate("erf", {x}), {-0.96610515, -0.52049988, 0.52049988, 0.96610515, 0.99959305});
  check_close(evaluate("reciprocal", {x}), {-1 / 1.5, -2, 2, 1 / 1.5, 0.4});
}

TEST_CASE("integer division, rest and shifts have defined results everywhere") {
  const std::int64_t least = INT64_MIN;
  CHECK(evaluate("div", {integers({7, -7, 7, least, 5}), integers({2, 2, -2, -1, 0})}) == integers({3, -3, -3, least, 0}));
  const Attributes floor{{"fmod", std::int64_t{0}}}, truncate{{"fmod", std::int64_t{1}}};
  CHECK(evaluate("mod", {integers({7, -7, 7, -7, least, 5}), integers({3, 3, -3, -3, -1, 0})}, floor) ==
        integers({1, 2, -2, -1, 0, 0}));
  CHECK(evaluate("mod", {integers({7, -7, 7, -7}), integers({3, 3, -3, -3})}, truncate) == integers({1, -1, 1, -1}));
  check_close(evaluate("mod", {reals({2}, {-4.3f, 5.8f}), reals({2}, {2.1f, -3.4f})}, truncate), {-0.1, 2.4}, 1e-5);
  CHECK(try_evaluate("mod", {reals({1}, {1}), reals({1}, {1})}, floor).ok() == false);
  const auto bytes = [](std::vector<std::uint8_t> values) { return Tensor::of(Shape{4}, values); };
  const Tensor by = bytes({1, 7, 8, 255});
  CHECK(evaluate("bit_shift", {bytes({129, 129, 129, 129}), by}, {{"direction", std::string("LEFT")}}) == bytes({2, 128, 0, 0}));
  CHECK(evaluate("bit_shift", {bytes({129, 129, 129, 129}), by}, {{"direction", std::string("RIGHT")}}) == bytes({64, 1, 0, 0}));
  CHECK(evaluate("bitwise_not", {bytes({0, 255, 1, 128})}) == bytes({255, 0, 254, 127}));
}

TEST_CASE("comparisons, logic and choice") {
  const Tensor a = reals({4}, {1, 2, 3, NAN}), two = reals({}, {2});
  CHECK(truth("equal", {a, two}) == Truth{0, 1, 0, 0});
  CHECK(truth("less", {a, two}) == Truth{1, 0, 0, 0});
  CHECK(truth("less_or_equal", {a, two}) == Truth{1, 1, 0, 0});
  CHECK(truth("greater", {a, two}) == Truth{0, 0, 1, 0});
  CHECK(truth("greater_or_equal", {a, two}) == Truth{0, 1, 1, 0});
  const Tensor x = booleans({0, 0, 1, 1}), y = booleans({0, 1, 0, 1});
  CHECK(truth("logical_and", {x, y}) == Truth{0, 0, 0, 1});
  CHECK(truth("logical_or", {x, y}) == Truth{0, 1, 1, 1});
  CHECK(truth("logical_xor", {x, y}) == Truth{0, 1, 1, 0});
  CHECK(truth("logical_not", {x}) == Truth{1, 1, 0, 0});
  CHECK(truth("equal", {x, y}) == Truth{1, 0, 0, 1});
  CHECK(truth("is_nan", {a}) == Truth{0, 0, 0, 1});
  CHECK(truth("is_inf", {reals({3}, {-INFINITY, 0, INFINITY})},
              {{"detect_negative", std::int64_t{0}}, {"detect_positive", std::int64_t{1}}}) == Truth{0, 0, 1});
  CHECK(evaluate("where", {x, integers({1, 2, 3, 4}), integers({9})}) == integers({9, 9, 3, 4}));
  check_close(evaluate("max", {reals({3}, {1, 5, 3}), reals({1}, {2})}), {2, 5, 3});
  check_close(evaluate("min", {reals({3}, {1, 5, 3}), reals({1}, {2})}), {1, 2, 2});
  for (const char* op : {"max", "min"}) {
    const Tensor result = evaluate(op, {reals({2}, {NAN, 1}), reals({2}, {1, NAN})});
    CHECK(std::isnan(result.data<float>()[0]));
    CHECK(std::isnan(result.data<float>()[1]));
  }
}

TEST_CASE("relatives of softmax") {
  const Tensor x = reals({1, 3}, {1, 3, 3});
  const double sum = std::log(std::exp(-2.0) + 2) + 3;
  check_close(evaluate("log_softmax", {x}, {{"axis", std::int64_t{-1}}}), {1 - sum, 3 - sum, 3 - sum});
  check_close(evaluate("hardmax", {x}, {{"axis", std::int64_t{1}}}), {0, 1, 0});
}
