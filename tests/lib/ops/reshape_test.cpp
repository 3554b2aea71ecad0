#include "tests/lib/ops/op_runner.h"

using namespace tinyc;
using Integers = std::vector<std::int64_t>;

namespace {

Shape reshaped(const Shape& from, const Integers& to, std::int64_t allow_zero = 0) {
  return run_onnx("Reshape", 14, counting(from), {{"allowzero", allow_zero}}, {integers(to)}).shape();
}

}  // namespace

TEST_CASE("Reshape: 0 copies a size, -1 is what remains, allowzero means zero") {
  CHECK(reshaped({2, 3, 4}, {0, -1}) == Shape{2, 12});
  CHECK(reshaped({2, 3, 4}, {4, 0, -1}) == Shape{4, 3, 2});
  CHECK(reshaped({0, 3, 4}, {3, 4, 0}, 1) == Shape{3, 4, 0});
  CHECK(reshaped({}, {1, 1}) == Shape{1, 1});
  CHECK(reshaped({1}, {}) == Shape{});
  CHECK(run_onnx("Reshape", 14, counting({2, 3}), {}, {integers({3, 2})}) == counting({3, 2}));
  const auto refused = [](const Shape& from, const Integers& to) {
    return error_id(try_onnx("Reshape", 14, counting(from), {}, {integers(to)}));
  };
  CHECK(refused({2, 3}, {-1, -1}) == "TC4001");
  CHECK(refused({2, 3}, {4, -1}) == "TC4001");
  CHECK(refused({2, 3}, {2, 3, 0}) == "TC4001");
  CHECK(refused({2, 3}, {1, 5}) == "TC4010");
  CHECK(refused({2, 3}, {std::int64_t{1} << 40, std::int64_t{1} << 40, 0}) == "TC4001");
}

TEST_CASE("Flatten, Squeeze and Unsqueeze, by attribute and by operand") {
  const Tensor x = counting({2, 1, 3, 1});
  CHECK(run_onnx("Flatten", 13, x).shape() == Shape{2, 3});
  CHECK(run_onnx("Flatten", 13, x, {{"axis", std::int64_t{0}}}).shape() == Shape{1, 6});
  CHECK(run_onnx("Flatten", 13, x, {{"axis", std::int64_t{-2}}}).shape() == Shape{2, 3});
  CHECK(run_onnx("Flatten", 13, x, {{"axis", std::int64_t{4}}}).shape() == Shape{6, 1});
  CHECK(error_id(try_onnx("Flatten", 13, x, {{"axis", std::int64_t{5}}})) == "TC4001");
  CHECK(run_onnx("Squeeze", 11, x, {{"axes", Integers{1}}}).shape() == Shape{2, 3, 1});
  CHECK(run_onnx("Squeeze", 13, x, {}, {integers({-1, 1})}).shape() == Shape{2, 3});
  CHECK(run_onnx("Squeeze", 13, x).shape() == Shape{2, 3});
  CHECK(error_id(try_onnx("Squeeze", 13, x, {}, {integers({0})})) == "TC4001");
  CHECK(run_onnx("Unsqueeze", 11, counting({2, 3}), {{"axes", Integers{3, 0}}}).shape() == Shape{1, 2, 3, 1});
  CHECK(run_onnx("Unsqueeze", 13, counting({2, 3}), {}, {integers({-1})}).shape() == Shape{2, 3, 1});
  CHECK(error_id(try_onnx("Unsqueeze", 13, counting({2, 3}), {}, {integers({1, 1})})) == "TC4001");
}

TEST_CASE("reshape carries quantization parameters, per channel where the channels stay apart") {
  Graph graph;
  const Quantization channels{0, {1, 2}, {0, 0}};
  const ValueId x = graph.add_input("x", {DType::i8, Shape{2, 6}, channels});
  Builder builder(graph, all_ops());
  const ValueId y = value_of(builder.emit("reshape", "y", {x}, {{"shape", Integers{1, 2, 3, 2}}}));
  CHECK(graph.value(y).type().quantization->axis == 1);
  CHECK(error_id(builder.emit("reshape", "z", {x}, {{"shape", Integers{12}}})) == "TC4010");
}
