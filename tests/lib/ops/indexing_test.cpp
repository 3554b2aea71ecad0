#include <cmath>
#include <limits>

#include "tests/lib/ops/op_runner.h"

using namespace tinyc;
using Integers = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min(), highest = std::numeric_limits<std::int64_t>::max();

Tensor sliced(const Integers& starts, const Integers& ends, const Integers& axes, const Integers& steps) {
  return run_onnx("Slice", 13, counting({5}), {}, {integers(starts), integers(ends), integers(axes), integers(steps)});
}

}  // namespace

TEST_CASE("Slice: Python's rules, in the forms of every opset") {
  CHECK(sliced({1}, {4}, {0}, {2}) == floats({2}, {1, 3}));
  CHECK(sliced({-2}, {highest}, {0}, {1}) == floats({2}, {3, 4}));
  CHECK(sliced({lowest}, {-3}, {-1}, {1}) == floats({2}, {0, 1}));
  CHECK(sliced({highest}, {lowest}, {0}, {-2}) == floats({3}, {4, 2, 0}));
  CHECK(sliced({-1}, {-6}, {0}, {-1}) == floats({5}, {4, 3, 2, 1, 0}));
  CHECK(sliced({0}, {5}, {0}, {highest}) == floats({1}, {0}));
  CHECK(sliced({4}, {0}, {0}, {lowest}) == floats({1}, {4}));
  CHECK(sliced({3}, {3}, {0}, {1}).shape() == Shape{0});
  CHECK(sliced({0}, {4}, {0}, {-1}).shape() == Shape{0});
  CHECK(run_onnx("Slice", 9, counting({2, 3}), {{"starts", Integers{0, 1}}, {"ends", Integers{1, 3}}}) == floats({1, 2}, {1, 2}));
  CHECK(error_id(try_onnx("Slice", 13, counting({5}), {}, {integers({0}), integers({1}), integers({0}), integers({0})})) ==
        "TC4001");
  CHECK(error_id(try_onnx("Slice", 13, counting({5}), {}, {integers({0}), integers({1}), integers({1})})) == "TC4001");
}

TEST_CASE("Split: sizes by attribute, by operand, or as even as the opset asks") {
  const auto split = [](int opset, Attributes attributes, std::vector<std::optional<Tensor>> sizes, int outputs) {
    return try_onnx("Split", opset, counting({5}), std::move(attributes), sizes, outputs);
  };
  const auto parts = value_of(split(11, {{"split", Integers{2, 3}}}, {}, 2));
  CHECK(parts[0] == floats({2}, {0, 1}));
  CHECK(parts[1] == floats({3}, {2, 3, 4}));
  CHECK(value_of(split(13, {}, {integers({4, 1})}, 2))[1] == floats({1}, {4}));
  const auto uneven = value_of(split(18, {{"num_outputs", std::int64_t{3}}}, {}, 3));
  CHECK(uneven[0] == floats({2}, {0, 1}));
  CHECK(uneven[2] == floats({1}, {4}));
  CHECK(error_id(split(13, {}, {}, 2)) == "TC4001");
  CHECK(error_id(split(13, {}, {integers({4, 2})}, 2)) == "TC4001");
  CHECK(error_id(split(13, {}, {integers({6, -1})}, 2)) == "TC4001");
}

TEST_CASE("indices out of range are refused: constant ones at import, others when they come") {
  const Tensor x = counting({3, 2});
  CHECK(run_onnx("Gather", 13, x, {{"axis", std::int64_t{0}}}, {integers({2, -3})}) == floats({2, 2}, {4, 5, 0, 1}));
  CHECK(run_onnx("Gather", 13, x, {{"axis", std::int64_t{1}}}, {Tensor::scalar(std::int64_t{1})}) == floats({3}, {1, 3, 5}));
  CHECK(error_id(try_onnx("Gather", 13, x, {}, {integers({3})})) == "TC4010");
  CHECK(error_id(try_op("gather", {x, integers({-4})}, {{"axis", std::int64_t{0}}})) == "TC6012");
  CHECK(error_id(try_op("gather_nd", {x, integers({0, 2})}, {{"batch_dims", std::int64_t{0}}})) == "TC6012");
  const Tensor beyond = integers({0, 3}).reshaped(Shape{1, 2});
  CHECK(error_id(try_op("gather_elements", {x, beyond}, {{"axis", std::int64_t{0}}})) == "TC6012");
  CHECK(error_id(try_op("scatter_elements", {x, beyond, floats({1, 2}, {8, 9})},
                        {{"axis", std::int64_t{0}}, {"reduction", std::string("none")}})) == "TC6012");
  CHECK(error_id(try_op("reverse_sequence", {x, integers({1, 4})}, {{"batch_axis", std::int64_t{1}}, {"time_axis", std::int64_t{0}}})) ==
        "TC6012");
}

TEST_CASE("scatter writes in order, or reduces") {
  const Tensor x = floats({3}, {1, 2, 3}), indices = integers({0, 2, 0}), updates = floats({3}, {5, 6, 7});
  const auto scattered = [&](const char* reduction) {
    return run_op("scatter_elements", {x, indices, updates}, {{"axis", std::int64_t{0}}, {"reduction", std::string(reduction)}});
  };
  CHECK(scattered("none") == floats({3}, {7, 2, 6}));
  CHECK(scattered("add") == floats({3}, {13, 2, 9}));
  CHECK(scattered("mul") == floats({3}, {35, 2, 18}));
  CHECK(scattered("max") == floats({3}, {7, 2, 6}));
  CHECK(scattered("min") == floats({3}, {1, 2, 3}));
  CHECK(run_onnx("ScatterND", 16, counting({2, 2}), {}, {integers({1}).reshaped(Shape{1, 1}), floats({1, 2}, {8, 9})}) ==
        floats({2, 2}, {0, 1, 8, 9}));
}

TEST_CASE("shapes are constants, of whatever is asked") {
  const Tensor x = counting({2, 3, 4});
  CHECK(run_onnx("Shape", 13, x) == integers({2, 3, 4}));
  CHECK(run_onnx("Shape", 15, x, {{"start", std::int64_t{-2}}, {"end", std::int64_t{10}}}) == integers({3, 4}));
  CHECK(run_onnx("Shape", 15, x, {{"start", std::int64_t{2}}, {"end", std::int64_t{1}}}).shape() == Shape{0});
  CHECK(run_onnx("Size", 13, x) == Tensor::scalar(std::int64_t{24}));
}

TEST_CASE("reductions of nothing are their neutral elements") {
  const Tensor none(DType::f32, Shape{0, 2});
  const Attributes attributes{{"axes", Integers{0}}, {"keepdims", std::int64_t{0}}};
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(run_op("reduce_sum", {none}, attributes) == floats({2}, {0, 0}));
  CHECK(run_op("reduce_prod", {none}, attributes) == floats({2}, {1, 1}));
  CHECK(run_op("reduce_max", {none}, attributes) == floats({2}, {-infinity, -infinity}));
  CHECK(run_op("reduce_log_sum_exp", {none}, attributes) == floats({2}, {-infinity, -infinity}));
  CHECK(error_id(try_op("reduce_mean", {none}, attributes)) == "TC4010");
  CHECK(run_op("reduce_log_sum_exp", {floats({2}, {1000, 1000})}, attributes) ==
        floats({}, {static_cast<float>(1000 + std::log(2.0))}));
  CHECK(run_op("reduce_max", {floats({2}, {0, 1}).cast(DType::boolean)}, attributes) == Tensor::scalar(true));
  CHECK(run_onnx("ReduceSum", 13, counting({2, 2}), {}, {integers({1})}) == floats({2, 1}, {1, 5}));
  CHECK(run_onnx("ReduceSum", 11, counting({2, 2}), {{"axes", Integers{0}}}) == floats({1, 2}, {2, 4}));
}

TEST_CASE("Resize: only spatial axes go through NHWC, others as they are; policies and axes of opset 18") {
  const Tensor x = counting({1, 1, 2, 2});
  const auto resized = [&](Attributes attributes, std::vector<std::optional<Tensor>> operands, int opset = 18) {
    return run_onnx("Resize", opset, x, std::move(attributes), operands);
  };
  const Tensor doubled = floats({1, 1, 4, 2}, {0, 1, 0, 1, 2, 3, 2, 3});
  CHECK(resized({}, {std::nullopt, floats({4}, {1, 1, 2, 1})}) == doubled);
  CHECK(resized({}, {std::nullopt, std::nullopt, integers({1, 1, 4, 2})}) == doubled);
  CHECK(resized({{"axes", Integers{2}}}, {std::nullopt, floats({1}, {2})}) == doubled);
  CHECK(run_onnx("Upsample", 7, x, {{"scales", std::vector<double>{1, 1, 2, 1}}}) == doubled);
  CHECK(resized({}, {std::nullopt, floats({4}, {1, 2, 1, 1})}) == floats({1, 2, 2, 2}, {0, 1, 2, 3, 0, 1, 2, 3}));
  CHECK(resized({{"mode", std::string("linear")}}, {std::nullopt, floats({4}, {1, 1, 1, 2})}) ==
        floats({1, 1, 2, 4}, {0, 0.25, 0.75, 1, 2, 2.25, 2.75, 3}));
  CHECK(resized({{"axes", Integers{2, 3}}, {"keep_aspect_ratio_policy", std::string("not_larger")}},
                {std::nullopt, std::nullopt, integers({4, 6})}).shape() == Shape{1, 1, 4, 4});
  CHECK(resized({{"axes", Integers{2, 3}}, {"keep_aspect_ratio_policy", std::string("not_smaller")}},
                {std::nullopt, std::nullopt, integers({4, 6})}).shape() == Shape{1, 1, 6, 6});
  // Shrinking by two with antialiasing weighs the four elements under the widened triangle: 1/8, 3/8, 3/8, 1/8.
  const Tensor row = floats({1, 1, 1, 8}, {0, 0, 0, 8, 0, 0, 0, 0});
  CHECK(run_onnx("Resize", 18, row, {{"mode", std::string("linear")}, {"antialias", std::int64_t{1}}},
                 {std::nullopt, floats({4}, {1, 1, 1, 0.5})}) == floats({1, 1, 1, 4}, {0, 3, 1, 0}));
  CHECK(error_id(try_onnx("Resize", 13, x, {}, {})) == "TC4001");
  CHECK(error_id(try_onnx("Resize", 13, x, {{"mode", std::string("best")}}, {std::nullopt, floats({4}, {1, 1, 2, 1})})) == "TC4010");
}
