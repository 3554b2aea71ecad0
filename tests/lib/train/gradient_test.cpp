// Every derivative against central differences.

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/ir/builder.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"
#include "lib/train/network.h"

using namespace tinyc;
using namespace tinyc::train;
using Integers = std::vector<std::int64_t>;

namespace {

Tensor random_tensor(const Shape& shape, Rng& rng, double scale = 1) {
  Tensor tensor(DType::f32, shape);
  for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(scale * rng.normal());
  return tensor;
}

double weighted_sum(const Tensor& tensor, const Tensor& factors) {
  double sum = 0;
  for (std::size_t i = 0; i < tensor.data<float>().size(); ++i)
    sum += static_cast<double>(tensor.data<float>()[i]) * static_cast<double>(factors.data<float>()[i]);
  return sum;
}

Tensor end_of(const Network& network, const std::vector<Tensor>& values, Trace* trace = nullptr) {
  auto ends = network.evaluate({}, values, {}, trace);
  if (!ends.ok()) FAIL(ends.error().to_string());
  return ends->front();
}

// The derivatives of a random combination of the result of `op`, by all elements of all operands but the fixed ones.
void check_gradient(std::string_view op, const std::vector<Shape>& shapes, Attributes attributes = {},
                    std::size_t trained = 100) {
  CAPTURE(op);
  Rng rng(7);
  Graph graph;
  std::vector<ValueId> operands, parameters;
  std::vector<Tensor> values;
  for (const Shape& shape : shapes) {
    Tensor tensor = random_tensor(shape, rng);
    const bool fixed = operands.size() >= trained;
    if (fixed) for (float& value : tensor.mutable_data<float>()) value = std::fabs(value) + 0.5f;
    operands.push_back(graph.add_constant("c", tensor));
    if (fixed) continue;
    parameters.push_back(operands.back());
    values.push_back(tensor);
  }
  const auto result = Builder(graph, all_ops()).emit(op, "node", operands, std::move(attributes));
  if (!result.ok()) FAIL(result.error().to_string());
  graph.set_outputs({*result});
  auto made = Network::make(graph, parameters, {*result});
  if (!made.ok()) FAIL(made.error().to_string());
  const Network network = *std::move(made);

  Trace trace;
  const Tensor end = end_of(network, values, &trace);
  const Tensor factors = random_tensor(end.shape(), rng);
  Gradients gradients = network.zero_gradients();
  const std::vector<Tensor> end_gradients{factors};
  REQUIRE(network.differentiate(trace, values, {}, end_gradients, gradients).ok());
  constexpr float step = 2e-3f;
  for (std::size_t k = 0; k < values.size(); ++k) {
    REQUIRE(gradients.parameters[k].shape() == values[k].shape());
    for (std::size_t i = 0; i < values[k].data<float>().size(); ++i) {
      std::vector<Tensor> up = values, down = values;
      up[k].mutable_data<float>()[i] += step;
      down[k].mutable_data<float>()[i] -= step;
      const double difference = (weighted_sum(end_of(network, up), factors) - weighted_sum(end_of(network, down), factors)) /
                                (2 * static_cast<double>(step));
      CAPTURE(k, i);
      CHECK(static_cast<double>(gradients.parameters[k].data<float>()[i]) == Approx(difference).epsilon(5e-3).margin(5e-3));
    }
  }
}

Attributes window(std::int64_t stride, std::int64_t dilation, const Integers& pads, std::int64_t groups) {
  return {{"strides", Integers{stride, stride}}, {"dilations", Integers{dilation, dilation}}, {"pads", pads}, {"groups", groups}};
}

Attributes pool(const Integers& pads) {
  return {{"kernel", Integers{2, 3}}, {"strides", Integers{2, 1}}, {"dilations", Integers{1, 1}}, {"pads", pads}};
}

}  // namespace

TEST_CASE("gradients of convolutions: plain, strided, dilated, grouped, pointwise, depthwise") {
  check_gradient("conv2d", {{1, 5, 4, 3}, {4, 3, 3, 3}, {4}}, window(1, 1, {1, 1, 1, 1}, 1));
  check_gradient("conv2d", {{1, 6, 5, 2}, {3, 2, 2, 2}}, window(2, 2, {0, 1, 1, 0}, 1));
  check_gradient("conv2d", {{2, 4, 4, 4}, {6, 3, 3, 2}, {6}}, window(1, 1, {1, 1, 1, 1}, 2));
  check_gradient("conv2d", {{1, 3, 4, 5}, {3, 1, 1, 5}, {3}}, window(1, 1, {0, 0, 0, 0}, 1));
  check_gradient("conv2d", {{1, 5, 5, 4}, {4, 3, 3, 1}, {4}}, window(2, 1, {1, 1, 1, 1}, 4));
  Attributes clamped = window(1, 1, {1, 1, 1, 1}, 1);
  clamped.set("clamp_low", 0.0);
  clamped.set("clamp_high", 2.0);
  check_gradient("conv2d", {{1, 4, 4, 2}, {3, 3, 3, 2}, {3}}, clamped);
}

TEST_CASE("gradients of matrix products") {
  check_gradient("fully_connected", {{2, 5}, {3, 5}, {3}});
  check_gradient("fully_connected", {{1, 5}, {3, 5}}, {{"clamp_low", 0.0}});
  check_gradient("matmul", {{2, 3, 4}, {4, 5}});
  check_gradient("matmul", {{1, 2, 3, 4}, {2, 1, 4, 2}});
}

TEST_CASE("gradients of what works element by element, with broadcasting") {
  check_gradient("add", {{2, 3, 4}, {3, 1}}, {{"clamp_low", 0.0}});
  check_gradient("sub", {{4}, {2, 3, 4}});
  check_gradient("mul", {{2, 3, 4}, {2, 1, 4}});
  for (const char* op : {"relu", "sigmoid", "tanh", "swish", "hard_swish"}) check_gradient(op, {{3, 7}});
  check_gradient("clip", {{3, 7}}, {{"clamp_low", -0.5}, {"clamp_high", 0.75}});
  check_gradient("leaky_relu", {{3, 7}}, {{"alpha", 0.1}});
  check_gradient("hard_sigmoid", {{3, 7}}, {{"alpha", 0.2}, {"beta", 0.5}});
  check_gradient("batch_norm", {{1, 3, 2, 4}, {4}, {4}, {4}, {4}}, {{"epsilon", 1e-3}}, 3);
}

TEST_CASE("gradients of pools and reductions") {
  Attributes counting = pool({1, 1, 0, 1}), clamped = pool({1, 0, 0, 1});
  counting.set("count_include_pad", std::int64_t{1});
  clamped.set("count_include_pad", std::int64_t{0});
  clamped.set("clamp_low", 0.0);
  check_gradient("average_pool", {{1, 5, 4, 2}}, counting);
  check_gradient("average_pool", {{1, 5, 4, 2}}, clamped);
  check_gradient("max_pool", {{1, 5, 4, 2}}, pool({1, 1, 0, 1}));
  check_gradient("reduce_mean", {{2, 3, 4, 2}}, {{"axes", Integers{1, 2}}, {"keepdims", std::int64_t{0}}});
  check_gradient("softmax", {{2, 5, 3}}, {{"axis", std::int64_t{1}}});
  check_gradient("log_softmax", {{2, 5}}, {{"axis", std::int64_t{-1}}});
}

TEST_CASE("gradients of what moves elements") {
  check_gradient("reshape", {{2, 6}}, {{"shape", Integers{3, 4}}});
  check_gradient("transpose", {{2, 3, 4}}, {{"perm", Integers{2, 0, 1}}});
  check_gradient("concat", {{2, 1, 3}, {2, 4, 3}}, {{"axis", std::int64_t{1}}});
  check_gradient("slice", {{3, 5}}, {{"starts", Integers{2, 0}}, {"steps", Integers{-1, 2}}, {"sizes", Integers{3, 2}}});
  check_gradient("take", {{3, 4}}, {{"axis", std::int64_t{1}}, {"indices", Integers{3, 0, 3}}});
  check_gradient("tile", {{2, 3}}, {{"repeats", Integers{2, 1}}});
  for (const char* mode : {"constant", "edge", "reflect"})
    check_gradient("pad", {{3, 4}}, {{"pads", Integers{1, 0, 1, 2}}, {"mode", std::string(mode)}, {"value", 0.5}});
}

TEST_CASE("an operator without derivative is named") {
  Graph graph;
  const ValueId x = graph.add_constant("x", Tensor::of<float>({2}, std::vector<float>{1, 2}));
  const auto y = Builder(graph, all_ops()).emit("sign", "the_sign", {x});
  REQUIRE(y.ok());
  graph.set_outputs({*y});
  const auto network = Network::make(graph, {x}, {*y});
  REQUIRE(!network.ok());
  CHECK(network.error().diagnostics().front().id == "TC3070");
  CHECK(network.error().diagnostics().front().where == "the_sign");
  // What no parameter comes before needs none.
  CHECK(Network::make(graph, {}, {*y}).ok());
}

TEST_CASE("rounding to what int8 holds: straight through, its range moves with what it cuts off") {
  const Tensor x = Tensor::of<float>({4}, std::vector<float>{-2, 0.5f, 1, 9});
  const Value::Range range{-1, 4.1f};
  const Tensor held = held_in(x, range);
  const float step = 5.1f / 255;
  CHECK(held.data<float>()[0] == Approx(-1).margin(step));
  CHECK(held.data<float>()[1] == Approx(0.5).margin(step / 2 + 1e-6));
  CHECK(held.data<float>()[3] == Approx(4.1).margin(step));
  Tensor gradient = Tensor::of<float>({4}, std::vector<float>{3, 1, 1, 2});
  RangeGradient by_range;
  through_rounding(x, range, gradient, by_range);
  CHECK(gradient.data<float>()[0] == 0);
  CHECK(gradient.data<float>()[1] == 1);
  CHECK(gradient.data<float>()[3] == 0);
  CHECK(by_range.low == Approx(3).margin(0.01));
  CHECK(by_range.high == Approx(2).margin(0.01));
}

TEST_CASE("weights of four bits: fifteen levels of least error, zeros stay") {
  Rng rng(3);
  Tensor weights = random_tensor({2, 50}, rng);
  weights.mutable_data<float>()[7] = 0;
  const Tensor held = held_weights(weights, 0, 4);
  CHECK(held.data<float>()[7] == 0);
  const auto scales = weight_scales(weights, 0, 4);
  const auto error = [&](float scale) {
    double sum = 0;
    for (std::size_t i = 0; i < 50; ++i) {
      const float w = weights.data<float>()[i];
      sum += std::pow(w - scale * std::clamp(std::round(w / scale), -7.0f, 7.0f), 2);
    }
    return sum;
  };
  float largest = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    largest = std::max(largest, std::fabs(weights.data<float>()[i]));
    const float steps = held.data<float>()[i] / scales[0];
    CHECK(steps == Approx(std::round(steps)).margin(1e-4));
    CHECK(std::fabs(steps) < 7.01f);
  }
  CHECK(error(scales[0]) < error(largest / 7));
}
