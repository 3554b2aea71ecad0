#include "lib/quant/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinyc {

std::optional<std::int64_t> top1(const Tensor& scores) {
  const std::vector<double> values = scores.to_doubles();
  if (values.empty()) return std::nullopt;
  return std::max_element(values.begin(), values.end()) - values.begin();
}

Share top1_accuracy(std::span<const Tensor> scores, std::span<const std::int64_t> labels) {
  TINYC_CHECK(scores.size() == labels.size(), "one label per sample");
  Share share{0, static_cast<std::int64_t>(scores.size())};
  for (std::size_t i = 0; i < scores.size(); ++i) share.hits += top1(scores[i]) == labels[i];
  return share;
}

Share top_k_accuracy(std::span<const Tensor> scores, std::span<const std::int64_t> labels, std::int64_t k) {
  TINYC_CHECK(scores.size() == labels.size(), "one label per sample");
  Share share{0, static_cast<std::int64_t>(scores.size())};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::vector<double> values = scores[i].to_doubles();
    const auto label = static_cast<std::size_t>(labels[i]);
    std::int64_t before = 0;  // scores that come first: higher, or as high with a lower index
    for (std::size_t j = 0; j < values.size(); ++j)
      before += values[j] > values[label] || (values[j] == values[label] && j < label);
    share.hits += before < k;
  }
  return share;
}

Share top1_agreement(std::span<const Tensor> scores, std::span<const Tensor> reference) {
  TINYC_CHECK(scores.size() == reference.size(), "as many samples of both models");
  Share share{0, static_cast<std::int64_t>(scores.size())};
  for (std::size_t i = 0; i < scores.size(); ++i) share.hits += top1(scores[i]) == top1(reference[i]);
  return share;
}

double mean_squared_difference(const Tensor& a, const Tensor& b) {
  TINYC_CHECK(a.elements() == b.elements(), "two tensors of as many elements");
  const std::vector<double> x = a.to_doubles(), y = b.to_doubles();
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return x.empty() ? 0 : sum / static_cast<double>(x.size());
}

void Sqnr::add(const Tensor& value, const Tensor& reference) {
  TINYC_CHECK(value.elements() == reference.elements(), "two outputs of as many elements");
  const std::vector<double> x = value.to_doubles(), wanted = reference.to_doubles();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = x[i] - wanted[i];
    signal_ += wanted[i] * wanted[i];
    noise_ += error * error;
    largest_ = std::max(largest_, std::fabs(error));
  }
  elements_ += static_cast<std::int64_t>(x.size());
}

std::optional<double> Sqnr::decibels() const {
  if (!(signal_ > 0)) return std::nullopt;
  if (noise_ == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal_ / noise_);
}

}  // namespace tinyc
