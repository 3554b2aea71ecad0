#include "apps/driver/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/plan/compiled_model.h"

namespace tinyc {
namespace {

void compare_real(const Tensor& got, const Tensor& expected, double magnitude, const Difference& at, Comparison& result) {
  const auto a = got.data<float>(), b = expected.data<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double error = error_of(a[i], b[i]);
    if (error == 0) continue;
    const double share = magnitude > 0 ? error / magnitude : std::numeric_limits<double>::infinity();
    result.largest_error = std::max(*result.largest_error, share);
    if (share > float_tolerance && !result.first)
      result.first = Difference{at.sample, at.output, i, static_cast<double>(a[i]), static_cast<double>(b[i])};
  }
}

void compare_integers(const Tensor& got, const Tensor& expected, std::int64_t steps, const Difference& at, Comparison& result) {
  if (result.first || got == expected) return;
  const auto a = got.to_integers(), b = expected.to_integers();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::abs(a[i] - b[i]) > steps && !result.first)
      result.first = Difference{at.sample, at.output, i, static_cast<double>(a[i]), static_cast<double>(b[i])};
}

}  // namespace

double error_of(float got, float expected) {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return 0;
  const double error = std::fabs(static_cast<double>(got) - static_cast<double>(expected));
  return std::isfinite(error) ? error : std::numeric_limits<double>::infinity();
}

double largest_magnitude(const Tensor& tensor) {
  double largest = 0;
  for (const float value : tensor.data<float>())
    if (std::isfinite(value)) largest = std::max(largest, std::fabs(static_cast<double>(value)));
  return largest;
}

Comparison compare(const Samples& got, const Samples& expected, const std::vector<bool>& inexact) {
  Comparison result;
  std::vector<double> magnitudes(expected.empty() ? 0 : expected.front().size(), 0);
  for (const auto& sample : expected)
    for (std::size_t k = 0; k < sample.size(); ++k)
      if (sample[k].dtype() == DType::f32) magnitudes[k] = std::max(magnitudes[k], largest_magnitude(sample[k]));
  for (std::size_t i = 0; i < got.size(); ++i)
    for (std::size_t k = 0; k < got[i].size(); ++k) {
      const Difference at{i, k, 0, 0, 0};
      result.identical = result.identical && got[i][k] == expected[i][k];
      if (got[i][k].dtype() != DType::f32) {
        compare_integers(got[i][k], expected[i][k], inexact[k] && got[i][k].dtype() == DType::i8 ? 1 : 0, at, result);
        continue;
      }
      if (!result.largest_error) result.largest_error = 0;
      compare_real(got[i][k], expected[i][k], magnitudes[k], at, result);
    }
  return result;
}

}  // namespace tinyc
