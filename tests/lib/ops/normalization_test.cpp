// layer_norm, local_response_norm and the ONNX operators that become them.
#include <cmath>

#include "tests/lib/ops/op_runner.h"

using namespace tinyc;

namespace {

using Integers = std::vector<std::int64_t>;

void check_close(const Tensor& actual, const std::vector<double>& expected, double tolerance = 1e-5) {
  const std::vector<double> values = actual.to_doubles();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CHECK(values[i] == Approx(expected[i]).margin(tolerance));
  }
}

const double unit = std::sqrt(1.5);  // of 0, 1, 2: (2 - 1) / sqrt(2 / 3)

}  // namespace

TEST_CASE("layer_norm centers and scales over its axes") {
  const Tensor x = floats({2, 3}, {0, 1, 2, 10, 30, 50});
  check_close(run_op("layer_norm", {x}, {{"axes", Integers{1}}, {"epsilon", 0.0}}), {-unit, 0, unit, -unit, 0, unit});
  check_close(run_op("layer_norm", {floats({3, 2}, {0, 10, 1, 30, 2, 50})}, {{"axes", Integers{0}}, {"epsilon", 0.0}}),
              {-unit, -unit, 0, 0, unit, unit});
  check_close(run_op("layer_norm", {x, floats({3}, {1, 2, 3}), floats({2, 1}, {5, 6})},
                     {{"axes", Integers{1}}, {"epsilon", 0.0}}),
              {5 - unit, 5, 5 + 3 * unit, 6 - unit, 6, 6 + 3 * unit});
  check_close(run_op("layer_norm", {floats({2}, {-1, 1})}, {{"axes", Integers{0}}, {"epsilon", 3.0}}), {-0.5, 0.5});
  CHECK(error_id(try_op("layer_norm", {x}, {{"axes", Integers{1, 1}}, {"epsilon", 0.0}})) == "TC4010");
  CHECK(error_id(try_op("layer_norm", {x, floats({2}, {1, 2})}, {{"axes", Integers{1}}, {"epsilon", 0.0}})) ==
        "TC4010");
  CHECK(error_id(try_op("layer_norm", {x}, {{"axes", Integers{1}}, {"epsilon", -1.0}})) == "TC4010");
}

TEST_CASE("ONNX LayerNormalization has outputs for the mean and the inverse deviation") {
  const Tensor x = floats({1, 2, 2}, {0, 2, 4, 6}), scale = floats({2, 2}, {1, 1, 2, 2});
  const auto outputs =
      value_of(try_onnx("LayerNormalization", 17, x, {{"axis", std::int64_t{1}}, {"epsilon", 0.0}}, {scale}, 3));
  const double root = std::sqrt(5.0);
  check_close(outputs[0], {-3 / root, -1 / root, 2 / root, 6 / root});
  check_close(outputs[1], {3});
  check_close(outputs[2], {1 / root});
}

TEST_CASE("ONNX InstanceNormalization and MeanVarianceNormalization go over the spatial axes") {
  const Tensor x = floats({1, 2, 3}, {0, 1, 2, 10, 30, 50});
  check_close(run_onnx("InstanceNormalization", 6, x, {{"epsilon", 0.0}}, {floats({2}, {1, 2}), floats({2}, {0, 1})}),
              {-unit, 0, unit, 1 - 2 * unit, 1, 1 + 2 * unit});
  check_close(run_onnx("MeanVarianceNormalization", 13, x, {{"axes", Integers{0, 2}}}),
              {-unit, 0, unit, -unit, 0, unit}, 1e-4);
  CHECK(error_id(try_onnx("InstanceNormalization", 6, x, {}, {floats({3}, {1, 2, 3}), floats({2}, {0, 1})})) ==
        "TC4001");
}

TEST_CASE("ONNX GroupNormalization has its scale per group before opset 21, per channel from then on") {
  const Tensor x = floats({1, 4, 1, 1}, {-1, 1, 10, 30});
  for (const Shape& shape : {Shape{1, 4, 1, 1}, Shape{1, 4}, Shape{1, 4, 1, 1, 1}}) {
    const Tensor seen = x.reshaped(shape);
    const Attributes attributes{{"num_groups", std::int64_t{2}}, {"epsilon", 0.0}};
    check_close(run_onnx("GroupNormalization", 18, seen, attributes, {floats({2}, {1, 2}), floats({2}, {5, 6})}),
                {4, 6, 4, 8});
    check_close(
        run_onnx("GroupNormalization", 21, seen, attributes, {floats({4}, {1, 2, 3, 4}), floats({4}, {0, 0, 0, 1})}),
        {-1, 2, -3, 5});
  }
  CHECK(error_id(try_onnx("GroupNormalization", 21, x, {{"num_groups", std::int64_t{3}}},
                          {floats({4}, {1, 2, 3, 4}), floats({4}, {0, 0, 0, 1})})) == "TC4001");
}

TEST_CASE("local_response_norm divides by a power of the squares around") {
  const Tensor x = floats({1, 4, 1}, {1, 2, 3, 4});
  check_close(run_onnx("LRN", 13, x, {{"size", std::int64_t{3}}, {"alpha", 3.0}, {"beta", 0.5}, {"bias", 2.0}}),
              {1 / std::sqrt(7.0), 2 / std::sqrt(16.0), 3 / std::sqrt(31.0), 4 / std::sqrt(27.0)});
  // Of an even number of neighbours one more is behind.
  check_close(run_onnx("LRN", 13, x, {{"size", std::int64_t{2}}, {"alpha", 2.0}, {"beta", 1.0}, {"bias", 1.0}}),
              {1 / 6.0, 2 / 14.0, 3 / 26.0, 4 / 17.0});
  CHECK(error_id(try_onnx("LRN", 13, x, {})) == "TC4001");
}

TEST_CASE("ONNX LpNormalization divides by the norm along its axis") {
  const Tensor x = floats({2, 2}, {3, 4, -1, 1});
  check_close(run_onnx("LpNormalization", 1, x), {0.6, 0.8, -std::sqrt(0.5), std::sqrt(0.5)});
  check_close(run_onnx("LpNormalization", 1, x, {{"p", std::int64_t{1}}, {"axis", std::int64_t{0}}}),
              {0.75, 0.8, -0.25, 0.2});
}
