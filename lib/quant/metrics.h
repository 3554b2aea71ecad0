#pragma once
// How well results agree, for `eval` and the reports. Pure functions of tensors; an output is seen as one vector of
// scores, whatever its shape.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/ir/tensor.h"

namespace tinyc {

// The index of the largest score, the first of several; nothing for a tensor without elements. Any numeric type:
// one scale per tensor keeps the order of stored integers.
std::optional<std::int64_t> top1(const Tensor& scores);

// How often a thing held, of how often it was asked.
struct Share {
  std::int64_t hits = 0, total = 0;
  double fraction() const { return total > 0 ? static_cast<double>(hits) / static_cast<double>(total) : 0; }
  bool operator==(const Share&) const = default;
};

// One score tensor per sample. As many labels (or scores of the other model) as samples.
Share top1_accuracy(std::span<const Tensor> scores, std::span<const std::int64_t> labels);
// The label is among the `k` largest scores.
Share top_k_accuracy(std::span<const Tensor> scores, std::span<const std::int64_t> labels, std::int64_t k);
Share top1_agreement(std::span<const Tensor> scores, std::span<const Tensor> reference);

// The mean squared difference of two tensors of as many elements.
double mean_squared_difference(const Tensor& a, const Tensor& b);

// Signal-to-quantization-noise ratio over all samples of one output:
// 10 log10(sum reference^2 / sum (value - reference)^2). Accumulated in the order of the calls.
class Sqnr {
 public:
  void add(const Tensor& value, const Tensor& reference);  // real tensors of the same shape
  // Infinite without noise; nothing when the signal is zero or nothing was added.
  std::optional<double> decibels() const;
  double mean_squared_error() const { return elements_ > 0 ? noise_ / static_cast<double>(elements_) : 0; }
  double largest_error() const { return largest_; }

 private:
  double signal_ = 0, noise_ = 0, largest_ = 0;
  std::int64_t elements_ = 0;
};

}  // namespace tinyc
