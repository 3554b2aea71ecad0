// Three spatial axes, and the places of maxima.

#include "lib/support/rng.h"
#include "tests/lib/ops/op_runner.h"

using namespace tinyc;
using Integers = std::vector<std::int64_t>;

namespace {

Tensor random_tensor(Shape shape, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return floats(std::move(shape), values);
}

std::size_t offset(const Shape& shape, const Integers& at) {
  std::int64_t place = 0;
  for (int axis = 0; axis < shape.rank(); ++axis) place = place * shape[axis] + at[static_cast<std::size_t>(axis)];
  return static_cast<std::size_t>(place);
}

// Calls f(index) for every index of a shape.
template <class F>
void for_each_index(const Shape& shape, F f) {
  Integers at(shape.sizes().size(), 0);
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    std::int64_t rest = i;
    for (int axis = shape.rank(); axis-- > 0; rest /= shape[axis]) at[static_cast<std::size_t>(axis)] = rest % shape[axis];
    f(at);
  }
}

struct Window3d {
  Integers strides, dilations, pads;
  std::int64_t groups = 1;

  Attributes attributes() const {
    return {{"strides", strides}, {"dilations", dilations}, {"pads", pads}, {"group", groups}};
  }
  // Where tap k of position o of one axis lies.
  std::int64_t place(std::size_t axis, std::int64_t o, std::int64_t k) const {
    return o * strides[axis] - pads[axis] + k * dilations[axis];
  }
};

void check_close(const std::vector<double>& expected, const Tensor& actual) {
  const auto values = actual.to_doubles();
  REQUIRE(values.size() == expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(values[i] == Approx(expected[i]).margin(1e-4));
}

}  // namespace

TEST_CASE("Conv over three axes: dilated, strided, padded, in groups") {
  const Window3d window{{2, 1, 1}, {1, 2, 1}, {1, 0, 1, 2, 1, 0}, 2};
  const Tensor x = random_tensor({2, 4, 5, 6, 4}, 1), w = random_tensor({6, 2, 3, 2, 2}, 2), bias = random_tensor({6}, 3);
  const Tensor y = run_onnx("Conv", 13, x, window.attributes(), {w, bias});
  REQUIRE(y.shape() == Shape{2, 6, 3, 5, 4});
  std::vector<double> expected(static_cast<std::size_t>(y.elements()));
  for_each_index(y.shape(), [&](const Integers& o) {
    double sum = static_cast<double>(bias.data<float>()[static_cast<std::size_t>(o[1])]);
    for_each_index(Shape{2, 3, 2, 2}, [&](const Integers& k) {
      Integers at{o[0], o[1] / 3 * 2 + k[0]};
      for (std::size_t axis = 0; axis < 3; ++axis) at.push_back(window.place(axis, o[axis + 2], k[axis + 1]));
      for (int axis = 2; axis < 5; ++axis)
        if (at[static_cast<std::size_t>(axis)] < 0 || at[static_cast<std::size_t>(axis)] >= x.shape()[axis]) return;
      sum += static_cast<double>(x.data<float>()[offset(x.shape(), at)]) *
             static_cast<double>(w.data<float>()[offset(w.shape(), {o[1], k[0], k[1], k[2], k[3]})]);
    });
    expected[offset(y.shape(), o)] = sum;
  });
  check_close(expected, y);
}

TEST_CASE("ConvTranspose over three axes") {
  const Window3d window{{2, 1, 2}, {2, 1, 1}, {1, 0, 1, 0, 1, 0}, 2};
  const Tensor x = random_tensor({1, 4, 3, 4, 2}, 4), w = random_tensor({4, 3, 2, 3, 2}, 5);
  const Tensor y = run_onnx("ConvTranspose", 11, x, window.attributes(), {w});
  REQUIRE(y.shape() == Shape{1, 6, 6, 5, 3});
  std::vector<double> expected(static_cast<std::size_t>(y.elements()), 0);
  for_each_index(x.shape(), [&](const Integers& i) {
    for_each_index(Shape{3, 2, 3, 2}, [&](const Integers& k) {
      Integers at{i[0], i[1] / 2 * 3 + k[0]};
      for (std::size_t axis = 0; axis < 3; ++axis) at.push_back(window.place(axis, i[axis + 2], k[axis + 1]));
      for (int axis = 2; axis < 5; ++axis)
        if (at[static_cast<std::size_t>(axis)] < 0 || at[static_cast<std::size_t>(axis)] >= y.shape()[axis]) return;
      expected[offset(y.shape(), at)] += static_cast<double>(x.data<float>()[offset(x.shape(), i)]) *
                                         static_cast<double>(w.data<float>()[offset(w.shape(), {i[1], k[0], k[1], k[2], k[3]})]);
    });
  });
  check_close(expected, y);
}

TEST_CASE("convolutions over three axes that do not fit are refused") {
  const Tensor x = counting({1, 2, 3, 3, 3});
  CHECK(error_id(try_onnx("Conv", 13, x, {}, {counting({4, 3, 1, 1, 1})})) == "TC4001");
  CHECK(error_id(try_onnx("Conv", 13, x, {{"group", std::int64_t{0}}}, {counting({4, 2, 1, 1, 1})})) == "TC4001");
  CHECK(error_id(try_onnx("Conv", 13, x, {{"pads", Integers{1 << 28, 0, 0, 0, 0, 0}}}, {counting({4, 2, 1, 1, 1})})) == "TC3001");
  CHECK(error_id(try_onnx("Conv", 13, counting({1, 1, 1, 1, 1, 1}), {}, {counting({1, 1, 1, 1, 1, 1})})) == "TC3001");
}

TEST_CASE("MaxPool says where its maxima are, MaxUnpool puts them back there") {
  const Attributes pool{{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}};
  const Tensor x = floats({1, 2, 2, 4}, {1, 5, 2, 2, 3, 4, 9, 0, -1, -2, -3, -4, -5, -6, -7, -8});
  const auto pooled = value_of(try_onnx("MaxPool", 12, x, pool, {}, 2));
  CHECK(pooled[0] == floats({1, 2, 1, 2}, {5, 9, -1, -3}));
  CHECK(pooled[1].to_integers() == Integers{1, 6, 8, 10});
  const Tensor restored = run_onnx("MaxUnpool", 11, pooled[0], pool, {pooled[1]});
  CHECK(restored == floats({1, 2, 2, 4}, {0, 5, 0, 0, 0, 0, 9, 0, -1, 0, -3, 0, 0, 0, 0, 0}));
  CHECK(error_id(try_onnx("MaxUnpool", 11, pooled[0], pool, {integers({1})})) == "TC4001");

  // One axis, with padding; the first of equal maxima.
  const auto line = value_of(try_onnx("MaxPool", 12, floats({1, 1, 4}, {-7, -7, -9, -8}),
                                      {{"kernel_shape", Integers{3}}, {"pads", Integers{1, 1}}}, {}, 2));
  CHECK(line[0] == floats({1, 1, 4}, {-7, -7, -7, -8}));
  CHECK(line[1].to_integers() == Integers{0, 0, 1, 3});
}

TEST_CASE("losses: an ignored class counts for nothing, even out of range") {
  const Tensor scores = floats({2, 3}, {-1, -2, -3, -4, -5, -6});
  const Tensor targets = integers({2, -1});
  const auto loss = [&](const std::string& reduction, std::optional<Tensor> weights) {
    return run_onnx("NegativeLogLikelihoodLoss", 13, scores, {{"reduction", reduction}, {"ignore_index", std::int64_t{-1}}},
                    {targets, weights}).to_doubles();
  };
  CHECK(loss("none", {}) == std::vector<double>{3, 0});
  CHECK(loss("mean", {}) == std::vector<double>{3});
  CHECK(loss("sum", floats({3}, {1, 1, 0.5f})) == std::vector<double>{1.5});
  CHECK(loss("mean", floats({3}, {1, 1, 0.5f})) == std::vector<double>{3});
  CHECK(error_id(try_onnx("NegativeLogLikelihoodLoss", 13, scores, {}, {integers({0, 1, 2})})) == "TC4001");
}
