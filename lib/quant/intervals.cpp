#include "lib/quant/intervals.h"

#include <algorithm>
#include <cmath>

#include "lib/support/check.h"
#include "lib/support/rng.h"

namespace tinyc {
namespace {

constexpr double two_sided_95 = 1.959963984540054;

}  // namespace

Interval wilson_interval(const Share& share) {
  if (share.total <= 0) return {0, 1};
  const double n = static_cast<double>(share.total), p = share.fraction(), z2 = two_sided_95 * two_sided_95;
  const double center = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = two_sided_95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  return {std::max(0.0, center - half), std::min(1.0, center + half)};
}

Interval PairedShares::interval() const {
  const double n = static_cast<double>(total) + 2;
  const double b = static_cast<double>(only_first) + 0.5, c = static_cast<double>(only_second) + 0.5;
  const double center = (b - c) / n, half = two_sided_95 * std::sqrt(b + c - (b - c) * (b - c) / n) / n;
  return {std::max(-1.0, center - half), std::min(1.0, center + half)};
}

double PairedShares::p_value() const {
  const std::int64_t n = only_first + only_second, least = std::min(only_first, only_second);
  double sum = 0;
  for (std::int64_t k = 0; k <= least; ++k)
    sum += std::exp(std::lgamma(static_cast<double>(n + 1)) - std::lgamma(static_cast<double>(k + 1)) -
                    std::lgamma(static_cast<double>(n - k + 1)) - static_cast<double>(n) * std::log(2.0));
  return std::min(1.0, 2 * sum);
}

PairedShares paired_shares(std::span<const Tensor> first, std::span<const Tensor> second, std::span<const std::int64_t> labels) {
  TINYC_CHECK(first.size() == labels.size() && second.size() == labels.size(), "one label per sample of both models");
  PairedShares shares{.total = static_cast<std::int64_t>(labels.size())};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool a = top1(first[i]) == labels[i], b = top1(second[i]) == labels[i];
    shares.only_first += a && !b;
    shares.only_second += b && !a;
  }
  return shares;
}

double area_under_curve(std::span<const double> scores, std::span<const std::int64_t> labels) {
  double wins = 0, pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i)
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (labels[i] != 1 || labels[j] != 0) continue;
      wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      ++pairs;
    }
  TINYC_CHECK(pairs > 0, "cases of both labels");
  return wins / pairs;
}

Interval area_difference_interval(std::span<const double> first, std::span<const double> second,
                                  std::span<const std::int64_t> labels) {
  constexpr std::size_t draws = 2000;
  Rng rng(1);
  std::vector<double> differences;
  std::vector<double> a(labels.size()), b(labels.size());
  std::vector<std::int64_t> drawn(labels.size());
  while (differences.size() < draws) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto at = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(labels.size()) - 1));
      a[i] = first[at];
      b[i] = second[at];
      drawn[i] = labels[at];
    }
    const auto ones = std::count(drawn.begin(), drawn.end(), 1);
    if (ones == 0 || ones == static_cast<std::ptrdiff_t>(drawn.size())) continue;
    differences.push_back(area_under_curve(a, drawn) - area_under_curve(b, drawn));
  }
  std::sort(differences.begin(), differences.end());
  return {differences[draws / 40], differences[draws - draws / 40 - 1]};
}

}  // namespace tinyc
