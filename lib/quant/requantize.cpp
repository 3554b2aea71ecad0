#include "lib/quant/requantize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "lib/support/check.h"

namespace tinyc {
namespace {

// The value nearest to `exact` (below 2^31) that has at most 16 significant bits and is an integer. May be 2^31.
std::int64_t round_to_16_bits(double exact) {
  int exponent = 0;
  std::frexp(exact, &exponent);  // exact < 2^exponent
  const int j = std::max(0, exponent - 16);
  return static_cast<std::int64_t>(std::round(std::ldexp(exact, -j))) << j;
}

}  // namespace

std::vector<Requantizer> make_requantizers(std::span<const double> ratios) {
  double largest = 0;
  for (const double ratio : ratios) {
    TINYC_CHECK(ratio > 0 && ratio < max_ratio, "a requantization ratio of " + std::to_string(ratio));
    largest = std::max(largest, ratio);
  }
  int left_shift = 0;
  while (round_to_16_bits(std::ldexp(largest, 32 - left_shift)) >= (std::int64_t{1} << 31)) ++left_shift;
  std::vector<Requantizer> result;
  for (const double ratio : ratios) {
    const std::int64_t multiplier = round_to_16_bits(std::ldexp(ratio, 32 - left_shift));
    result.push_back({static_cast<std::int32_t>(multiplier), left_shift});
  }
  return result;
}

std::int32_t requantize(std::int32_t acc, Requantizer requantizer, std::int32_t zero_point) {
  const std::int64_t shifted = static_cast<std::int64_t>(acc) * (std::int64_t{1} << requantizer.left_shift);
  TINYC_CHECK(shifted >= std::numeric_limits<std::int32_t>::min() && shifted <= std::numeric_limits<std::int32_t>::max(),
              "an accumulator that overflows when it is shifted left");
  const std::int64_t product = shifted * requantizer.multiplier;
  return zero_point + static_cast<std::int32_t>((product + (std::int64_t{1} << 31)) >> 32);
}

std::int8_t quantize_to_i8(double real, double scale, std::int32_t zero_point) {
  return static_cast<std::int8_t>(std::clamp(std::round(real / scale) + zero_point, -128.0, 127.0));
}

Quantization affine_i8(double low, double high) {
  TINYC_CHECK(std::isfinite(low) && std::isfinite(high) && low <= high, "a range that is none");
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  if (high == low) return Quantization::per_tensor(1.0f, 0);
  const auto scale = std::clamp(static_cast<float>(std::min<double>((high - low) / 255, std::numeric_limits<float>::max())),
                                std::numeric_limits<float>::min(), std::numeric_limits<float>::max());
  const double zero_point = std::clamp(std::round(-128 - low / scale), -128.0, 127.0);
  return Quantization::per_tensor(scale, static_cast<std::int32_t>(zero_point));
}

}  // namespace tinyc
