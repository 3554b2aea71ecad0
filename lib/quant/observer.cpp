#include "lib/quant/observer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace tinyc {
namespace {

class MinMaxObserver final : public Observer {
 public:
  void observe(std::span<const float> values) override {
    for (const float x : values) {
      low_ = std::min(low_, x);
      high_ = std::max(high_, x);
    }
  }
  void merge(const Observer& other) override {
    const auto& same = static_cast<const MinMaxObserver&>(other);
    low_ = std::min(low_, same.low_);
    high_ = std::max(high_, same.high_);
  }
  // The sums turn -0 into 0.
  Value::Range range() const override { return low_ > high_ ? Value::Range{} : Value::Range{low_ + 0.0f, high_ + 0.0f}; }

 private:
  float low_ = std::numeric_limits<float>::infinity();
  float high_ = -std::numeric_limits<float>::infinity();
};

// A histogram between the extremes, of all values but zeros, which every range stores exactly.
class HistogramObserver : public Observer {
 public:
  explicit HistogramObserver(const Value::Range& extremes)
      : low_(std::min(extremes.low, 0.0f)), high_(std::max(extremes.high, 0.0f)), counts_(bins, 0) {}

  void observe(std::span<const float> values) override {
    const double scale = span() > 0 ? static_cast<double>(bins) / span() : 0;
    for (const float x : values) {
      if (x == 0) continue;
      const double at = (static_cast<double>(x) - low_) * scale;
      ++counts_[static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(bins - 1)))];
    }
  }
  void merge(const Observer& other) override {
    const auto& same = static_cast<const HistogramObserver&>(other);
    for (std::size_t i = 0; i < bins; ++i) counts_[i] += same.counts_[i];
  }

 protected:
  static constexpr std::size_t bins = 2048;
  double span() const { return high_ - low_; }
  double edge(std::size_t bin) const { return low_ + static_cast<double>(bin) * span() / static_cast<double>(bins); }
  double center(std::size_t bin) const { return low_ + (static_cast<double>(bin) + 0.5) * span() / static_cast<double>(bins); }
  Value::Range range_of(double low, double high) const {  // the sums turn -0 into 0
    return {static_cast<float>(std::min(low, 0.0)) + 0.0f, static_cast<float>(std::max(high, 0.0)) + 0.0f};
  }

  double low_, high_;
  std::vector<std::int64_t> counts_;
};

class PercentileObserver final : public HistogramObserver {
 public:
  using HistogramObserver::HistogramObserver;
  Value::Range range() const override {
    const auto total = std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
    const auto beyond = static_cast<std::int64_t>(static_cast<double>(total) * 1e-4);
    std::size_t first = 0, last = bins;
    for (std::int64_t seen = counts_[0]; first < last && seen <= beyond; seen += counts_[first]) ++first;
    for (std::int64_t seen = counts_[bins - 1]; last > first + 1 && seen <= beyond; seen += counts_[last - 1]) --last;
    return range_of(edge(first), edge(last));
  }
};

// Magnitudes: 512 bins of them, of which the first `kept` are to be told apart in 128 steps.
class EntropyObserver final : public HistogramObserver {
 public:
  using HistogramObserver::HistogramObserver;
  Value::Range range() const override {
    const double largest = std::max(-low_, high_);
    if (!(largest > 0)) return range_of(low_, high_);
    std::vector<double> magnitudes(magnitude_bins, 0);
    for (std::size_t i = 0; i < bins; ++i) {
      const auto at = static_cast<std::size_t>(std::fabs(center(i)) / largest * magnitude_bins);
      magnitudes[std::min(at, magnitude_bins - 1)] += static_cast<double>(counts_[i]);
    }
    std::size_t best = magnitude_bins;
    double least = HUGE_VAL;
    for (std::size_t kept = steps; kept <= magnitude_bins; kept += 4)
      if (const double loss = divergence(magnitudes, kept); loss < least) {
        least = loss;
        best = kept;
      }
    const double bound = largest * static_cast<double>(best) / magnitude_bins;
    return range_of(std::max(low_, -bound), std::min(high_, bound));
  }

 private:
  static constexpr std::size_t magnitude_bins = 512, steps = 128;

  static double divergence(const std::vector<double>& magnitudes, std::size_t kept) {
    std::vector<double> clipped(magnitudes.begin(), magnitudes.begin() + static_cast<std::ptrdiff_t>(kept));
    const double inside = std::accumulate(clipped.begin(), clipped.end(), 0.0);
    if (!(inside > 0)) return HUGE_VAL;
    clipped.back() += std::accumulate(magnitudes.begin() + static_cast<std::ptrdiff_t>(kept), magnitudes.end(), 0.0);
    const double total = std::accumulate(clipped.begin(), clipped.end(), 0.0);
    double loss = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      const std::size_t first = step * kept / steps, last = (step + 1) * kept / steps;
      double sum = 0, filled = 0;
      for (std::size_t i = first; i < last; ++i) {
        sum += magnitudes[i];
        filled += magnitudes[i] > 0;
      }
      for (std::size_t i = first; i < last; ++i) {
        if (clipped[i] == 0) continue;
        const double share = filled > 0 ? std::max(sum / filled / inside, 1e-12) : 1e-12;
        loss += clipped[i] / total * std::log(clipped[i] / total / share);
      }
    }
    return loss;
  }
};

// The range is the one of least squared error, rounding and saturation taken together, among shrunken ones.
class SquaredErrorObserver final : public HistogramObserver {
 public:
  using HistogramObserver::HistogramObserver;

  Value::Range range() const override {
    const Sums sums = sum_up();
    Value::Range best{static_cast<float>(low_) + 0.0f, static_cast<float>(high_) + 0.0f};
    double least = error_of(sums, low_, high_);
    for (int a = 0; a <= steps; ++a)
      for (int b = 0; b <= steps; ++b) {
        const double low = low_ * shrunken(a), high = high_ * shrunken(b);
        const double error = error_of(sums, low, high);
        if (error >= least) continue;
        least = error;
        best = {static_cast<float>(low) + 0.0f, static_cast<float>(high) + 0.0f};
      }
    return best;
  }

 private:
  static constexpr int steps = 40;
  static double shrunken(int step) { return 1 - 0.02 * step; }  // down to a fifth

  // Of the bins below each: counts, values, squares.
  struct Sums {
    std::vector<double> count, value, square;
  };

  Sums sum_up() const {
    Sums sums{std::vector<double>(bins + 1, 0), std::vector<double>(bins + 1, 0), std::vector<double>(bins + 1, 0)};
    for (std::size_t i = 0; i < bins; ++i) {
      const auto n = static_cast<double>(counts_[i]);
      sums.count[i + 1] = sums.count[i] + n;
      sums.value[i + 1] = sums.value[i] + n * center(i);
      sums.square[i + 1] = sums.square[i] + n * center(i) * center(i);
    }
    return sums;
  }

  std::size_t bin_of(double x) const {
    return static_cast<std::size_t>(std::clamp((x - low_) / span() * static_cast<double>(bins), 0.0, static_cast<double>(bins)));
  }

  double error_of(const Sums& sums, double low, double high) const {
    if (!(span() > 0)) return 0;
    const std::size_t first = bin_of(low), last = bin_of(high);
    const double step = (high - low) / 255;
    const auto beyond = [&](std::size_t from, std::size_t to, double bound) {
      return (sums.square[to] - sums.square[from]) - 2 * bound * (sums.value[to] - sums.value[from]) +
             bound * bound * (sums.count[to] - sums.count[from]);
    };
    return (sums.count[last] - sums.count[first]) * step * step / 12 + beyond(0, first, low) + beyond(last, bins, high);
  }
};

}  // namespace

const ObserverMethod& min_max_method() {
  static const ObserverMethod method{
      .name = "min-max",
      .summary = "the extremes of everything that was seen",
      .make = [](const Value::Range&) -> std::unique_ptr<Observer> { return std::make_unique<MinMaxObserver>(); }};
  return method;
}

const ObserverMethod& squared_error_method() {
  static const ObserverMethod method{
      .name = "mse",
      .summary = "the range of least squared error of rounding and saturation",
      .needs_extremes = true,
      .make = [](const Value::Range& extremes) -> std::unique_ptr<Observer> {
        return std::make_unique<SquaredErrorObserver>(extremes);
      }};
  return method;
}

const ObserverMethod& percentile_method() {
  static const ObserverMethod method{
      .name = "percentile",
      .summary = "all but the outermost 0.01 % of the values on either side",
      .needs_extremes = true,
      .make = [](const Value::Range& extremes) -> std::unique_ptr<Observer> {
        return std::make_unique<PercentileObserver>(extremes);
      }};
  return method;
}

const ObserverMethod& entropy_method() {
  static const ObserverMethod method{
      .name = "entropy",
      .summary = "the range that keeps most of the distribution of magnitudes (Kullback-Leibler)",
      .needs_extremes = true,
      .make = [](const Value::Range& extremes) -> std::unique_ptr<Observer> {
        return std::make_unique<EntropyObserver>(extremes);
      }};
  return method;
}

std::span<const ObserverMethod* const> observer_methods() {
  static const std::array<const ObserverMethod*, 4> methods{&min_max_method(), &squared_error_method(), &percentile_method(), &entropy_method()};
  return methods;
}

const ObserverMethod* find_observer_method(std::string_view name) {
  for (const ObserverMethod* method : observer_methods())
    if (method->name == name) return method;
  return nullptr;
}

}  // namespace tinyc
