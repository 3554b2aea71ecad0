#include "lib/quant/intervals.h"

#include <catch2/catch.hpp>

using namespace tinyc;

namespace {

Tensor scores(const std::vector<float>& values) {
  return Tensor::of<float>(Shape{static_cast<std::int64_t>(values.size())}, values);
}

}  // namespace

TEST_CASE("Wilson's interval of a share") {
  // The textbook case of 8 in 10.
  const Interval interval = wilson_interval({8, 10});
  CHECK(interval.low == Approx(0.4902).margin(1e-4));
  CHECK(interval.high == Approx(0.9433).margin(1e-4));
  CHECK(wilson_interval({0, 10}).low == Approx(0).margin(1e-12));
  CHECK(wilson_interval({10, 10}).high == Approx(1));
  CHECK(wilson_interval({}).high == 1);
}

TEST_CASE("two models on the same samples: who alone is right") {
  const std::vector<Tensor> first{scores({1, 0}), scores({1, 0}), scores({0, 1})};
  const std::vector<Tensor> second{scores({1, 0}), scores({0, 1}), scores({1, 0})};
  const std::vector<std::int64_t> labels{0, 0, 0};
  const PairedShares shares = paired_shares(first, second, labels);
  CHECK(shares.only_first == 1);
  CHECK(shares.only_second == 1);
  CHECK(shares.difference() == 0);

  const PairedShares more{.total = 100, .only_first = 10, .only_second = 4};
  CHECK(more.difference() == Approx(0.06));
  // By hand: 6/102 and 1.96 sqrt(15 - 36/102) / 102.
  CHECK(more.interval().low == Approx(-0.0147).margin(1e-4));
  CHECK(more.interval().high == Approx(0.1324).margin(1e-4));
  // 2 (1 + 10) / 2^10
  CHECK(PairedShares{.total = 50, .only_first = 1, .only_second = 9}.p_value() == Approx(22.0 / 1024));
  CHECK(PairedShares{.total = 50}.p_value() == 1);
}

TEST_CASE("the area under the ROC curve counts pairs in the right order, ties half") {
  const std::vector<std::int64_t> labels{0, 0, 1, 1};
  CHECK(area_under_curve(std::vector<double>{0.1, 0.4, 0.35, 0.8}, labels) == 0.75);
  CHECK(area_under_curve(std::vector<double>{1, 1, 1, 1}, labels) == 0.5);
  const std::vector<double> good{1, 2, 3, 4}, bad{4, 3, 2, 1};
  const Interval difference = area_difference_interval(good, bad, labels);
  CHECK(difference.low == 1);
  CHECK(difference.high == 1);
  CHECK(area_difference_interval(good, good, labels).high == 0);
}

TEST_CASE("the label among the k largest scores") {
  const std::vector<Tensor> all{scores({0.1f, 0.5f, 0.4f}), scores({1, 1, 1})};
  const std::vector<std::int64_t> labels{2, 2};
  CHECK(top_k_accuracy(all, labels, 1) == Share{0, 2});
  CHECK(top_k_accuracy(all, labels, 2) == Share{1, 2});
  CHECK(top_k_accuracy(all, labels, 3) == Share{2, 2});
  CHECK(mean_squared_difference(scores({1, 2}), scores({1, 5})) == 4.5);
}
