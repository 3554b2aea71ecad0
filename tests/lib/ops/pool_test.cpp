#include <cmath>

#include "tests/lib/ops/op_runner.h"

using namespace tinyc;
using Integers = std::vector<std::int64_t>;

namespace {

const Tensor line = floats({1, 1, 5}, {1, 5, 2, 4, 3});

Tensor max_of(Attributes attributes) { return run_onnx("MaxPool", 12, line, std::move(attributes)); }
Tensor mean_of(Attributes attributes) { return run_onnx("AveragePool", 22, line, std::move(attributes)); }

}  // namespace

TEST_CASE("MaxPool along one axis: strides, pads, dilations, auto_pad, ceil_mode") {
  CHECK(max_of({{"kernel_shape", Integers{2}}}) == floats({1, 1, 4}, {5, 5, 4, 4}));
  CHECK(max_of({{"kernel_shape", Integers{2}}, {"strides", Integers{2}}}) == floats({1, 1, 2}, {5, 4}));
  CHECK(max_of({{"kernel_shape", Integers{2}}, {"strides", Integers{2}}, {"ceil_mode", std::int64_t{1}}}) ==
        floats({1, 1, 3}, {5, 4, 3}));
  CHECK(max_of({{"kernel_shape", Integers{2}}, {"strides", Integers{2}}, {"pads", Integers{1, 0}}}) ==
        floats({1, 1, 3}, {1, 5, 4}));
  CHECK(max_of({{"kernel_shape", Integers{2}}, {"dilations", Integers{3}}}) == floats({1, 1, 2}, {4, 5}));
  CHECK(max_of({{"kernel_shape", Integers{2}}, {"auto_pad", std::string("SAME_UPPER")}}) ==
        floats({1, 1, 5}, {5, 5, 4, 4, 3}));
  CHECK(max_of({{"kernel_shape", Integers{2}}, {"auto_pad", std::string("SAME_LOWER")}}) ==
        floats({1, 1, 5}, {1, 5, 5, 4, 4}));
  CHECK(max_of({{"kernel_shape", Integers{3}}, {"auto_pad", std::string("VALID")}, {"strides", Integers{2}}}) ==
        floats({1, 1, 2}, {5, 4}));
}

TEST_CASE("ceil_mode makes no window that starts beyond the input") {
  // Without the rule there would be a third output, of padding alone.
  CHECK(run_onnx("MaxPool", 12, counting({1, 1, 2, 2}),
                 {{"kernel_shape", Integers{1, 1}}, {"strides", Integers{2, 2}}, {"ceil_mode", std::int64_t{1}}}) ==
        floats({1, 1, 1, 1}, {0}));
  CHECK(run_onnx("AveragePool", 22, counting({1, 1, 5}),
                 {{"kernel_shape", Integers{2}}, {"strides", Integers{4}}, {"pads", Integers{0, 4}},
                  {"ceil_mode", std::int64_t{1}}}).shape() == Shape{1, 1, 2});
}

TEST_CASE("AveragePool counts what it should") {
  const Attributes base{{"kernel_shape", Integers{2}}, {"strides", Integers{2}}, {"pads", Integers{1, 0}}};
  CHECK(mean_of(base) == floats({1, 1, 3}, {1, 3.5, 3.5}));
  Attributes counted = base;
  counted.set("count_include_pad", std::int64_t{1});
  CHECK(mean_of(counted) == floats({1, 1, 3}, {0.5, 3.5, 3.5}));
  // The window that ceil_mode adds divides by what is inside the input and the padding asked for.
  const Attributes ceil{{"kernel_shape", Integers{3}}, {"strides", Integers{3}}, {"ceil_mode", std::int64_t{1}},
                        {"count_include_pad", std::int64_t{1}}};
  CHECK(mean_of(ceil) == floats({1, 1, 2}, {static_cast<float>(8.0 / 3), 3.5}));
}

TEST_CASE("pools of two spatial axes keep channels apart; global ones take everything") {
  const Tensor x = counting({1, 2, 2, 3});
  CHECK(run_onnx("MaxPool", 8, x, {{"kernel_shape", Integers{2, 2}}}) == floats({1, 2, 1, 2}, {4, 5, 10, 11}));
  CHECK(run_onnx("AveragePool", 7, x, {{"kernel_shape", Integers{1, 3}}}) == floats({1, 2, 2, 1}, {1, 4, 7, 10}));
  CHECK(run_onnx("GlobalMaxPool", 7, x) == floats({1, 2, 1, 1}, {5, 11}));
  CHECK(run_onnx("GlobalAveragePool", 7, x) == floats({1, 2, 1, 1}, {2.5, 8.5}));
  CHECK(run_onnx("GlobalAveragePool", 7, counting({1, 2, 3})) == floats({1, 2, 1}, {1, 4}));
  CHECK(run_onnx("GlobalAveragePool", 7, counting({1, 2, 2, 1, 3})) == floats({1, 2, 1, 1, 1}, {2.5, 8.5}));
  CHECK(run_onnx("MaxPool", 8, counting({1, 1, 2, 2, 3}), {{"kernel_shape", Integers{2, 1, 2}}}) ==
        floats({1, 1, 1, 2, 2}, {7, 8, 10, 11}));
  CHECK(run_onnx("MaxPool", 12, x.cast(DType::u8), {{"kernel_shape", Integers{2, 2}}}) ==
        floats({1, 2, 1, 2}, {4, 5, 10, 11}).cast(DType::u8));
}

TEST_CASE("pools refuse what they cannot mean") {
  const auto refused = [](Attributes attributes, const Tensor& x = line) {
    return error_id(try_onnx("MaxPool", 12, x, std::move(attributes)));
  };
  CHECK(refused({}) == "TC4001");
  CHECK(refused({{"kernel_shape", Integers{2, 2}}}) == "TC4001");
  CHECK(refused({{"kernel_shape", Integers{6}}}) == "TC4001");
  CHECK(refused({{"kernel_shape", Integers{0}}}) == "TC4001");
  CHECK(refused({{"kernel_shape", Integers{2}}, {"strides", Integers{0}}}) == "TC4001");
  CHECK(refused({{"kernel_shape", Integers{2}}, {"pads", Integers{-1, 0}}}) == "TC3001");
  CHECK(refused({{"kernel_shape", Integers{2}}, {"pads", Integers{2, 0}}}) == "TC3012");
  CHECK(refused({{"kernel_shape", 2.0}}) == "TC4001");
  CHECK(refused({{"kernel_shape", Integers{1, 1, 1, 1}}}, counting({1, 1, 1, 1, 1, 1})) == "TC3001");
}

TEST_CASE("a pool bounds its result by the fused activation") {
  const Attributes window{{"kernel", Integers{1, 2}},    {"strides", Integers{1, 2}}, {"dilations", Integers{1, 1}},
                          {"pads", Integers{0, 0, 0, 0}}, {"clamp_low", 0.0},          {"clamp_high", 6.0},
                          {"count_include_pad", std::int64_t{0}}};
  const Tensor x = floats({1, 1, 4, 1}, {-3, -2, 5, 9});
  CHECK(run_op("max_pool", {x}, window) == floats({1, 1, 2, 1}, {0, 6}));
  CHECK(run_op("average_pool", {x}, window) == floats({1, 1, 2, 1}, {0, 6}));
}

TEST_CASE("ReduceMean: axes by attribute and by operand, with and without the reduced axes") {
  const Tensor x = counting({2, 3, 2});
  CHECK(run_onnx("ReduceMean", 13, x) == floats({1, 1, 1}, {5.5}));
  CHECK(run_onnx("ReduceMean", 13, x, {{"axes", Integers{1}}}) == floats({2, 1, 2}, {2, 3, 8, 9}));
  CHECK(run_onnx("ReduceMean", 13, x, {{"axes", Integers{-1, 0}}, {"keepdims", std::int64_t{0}}}) ==
        floats({3}, {3.5, 5.5, 7.5}));
  CHECK(run_onnx("ReduceMean", 18, x, {}, {integers({0, 2})}) == floats({1, 3, 1}, {3.5, 5.5, 7.5}));
  CHECK(run_onnx("ReduceMean", 18, x, {{"noop_with_empty_axes", std::int64_t{1}}}) == x);
  CHECK(run_onnx("ReduceMean", 18, x, {{"keepdims", std::int64_t{0}}}) == floats({}, {5.5}));
  CHECK(run_onnx("ReduceMean", 13, floats({2}, {-1, -2}).cast(DType::i32)) == integers({-1}).cast(DType::i32));
  CHECK(error_id(try_onnx("ReduceMean", 13, x, {{"axes", Integers{3}}})) == "TC4001");
  CHECK(error_id(try_onnx("ReduceMean", 13, x, {{"axes", Integers{0, -3}}})) == "TC4001");
}
