#include "lib/quant/metrics.h"

#include <catch2/catch.hpp>

using namespace tinyc;

namespace {
Tensor scores(std::vector<float> values) {
  return Tensor::of<float>(Shape{1, static_cast<std::int64_t>(values.size())}, values);
}
}  // namespace

TEST_CASE("top-1 takes the first of equal scores") {
  CHECK(top1(scores({1, 3, 3, 2})) == 1);
  CHECK(top1(Tensor::of<std::int8_t>({3}, std::vector<std::int8_t>{-128, -3, -7})) == 1);
  CHECK_FALSE(top1(Tensor(DType::f32, {0})).has_value());
}

TEST_CASE("accuracy and agreement count samples") {
  const std::vector<Tensor> a{scores({1, 2}), scores({2, 1}), scores({0, 5})}, b{scores({1, 9}), scores({1, 2}), scores({0, 1})};
  CHECK(top1_accuracy(a, std::vector<std::int64_t>{1, 0, 0}) == Share{2, 3});
  CHECK(top1_agreement(a, b) == Share{2, 3});
  CHECK(Share{1, 4}.fraction() == 0.25);
  CHECK(Share{}.fraction() == 0);
}

TEST_CASE("SQNR is the power of the reference over the power of the error") {
  Sqnr sqnr;
  CHECK_FALSE(sqnr.decibels().has_value());
  sqnr.add(scores({10, 0}), scores({10, 0}));
  CHECK(std::isinf(*sqnr.decibels()));
  sqnr.add(scores({1, 0}), scores({0, 0}));
  CHECK(*sqnr.decibels() == Approx(20));
  CHECK(sqnr.mean_squared_error() == Approx(0.25));
  CHECK(sqnr.largest_error() == 1);
}
