#pragma once
// What a number of samples allows to say: 95 % intervals and paired comparisons.

#include <cstdint>
#include <span>
#include <vector>

#include "lib/quant/metrics.h"

namespace tinyc {

struct Interval {
  double low = 0, high = 0;
};

// Of the fraction behind a share (Wilson 1927); [0, 1] without samples.
Interval wilson_interval(const Share& share);

// Two models on the same samples.
struct PairedShares {
  std::int64_t total = 0;
  std::int64_t only_first = 0, only_second = 0;  // samples that one of them alone gets right
  double difference() const { return total > 0 ? static_cast<double>(only_first - only_second) / static_cast<double>(total) : 0; }
  // Of the difference of the two fractions (Agresti, Min 2005).
  Interval interval() const;
  // How likely a difference as large is among equally good models (McNemar's test, exact, two-sided).
  double p_value() const;
};
PairedShares paired_shares(std::span<const Tensor> first, std::span<const Tensor> second, std::span<const std::int64_t> labels);

// The area under the ROC curve of scores of which those with label 1 should be higher than those with label 0; ties count
// half. Both labels occur.
double area_under_curve(std::span<const double> scores, std::span<const std::int64_t> labels);

// Of the difference of two such areas over the same cases: 2000 paired bootstrap samples, drawn with a fixed seed.
Interval area_difference_interval(std::span<const double> first, std::span<const double> second,
                                  std::span<const std::int64_t> labels);

}  // namespace tinyc
