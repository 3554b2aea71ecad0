#include "lib/quant/summed_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/quant/requantize.h"
#include "lib/support/check.h"

namespace tinyc {

std::int8_t SummedTable::stored(std::int32_t sum) const {
  return static_cast<std::int8_t>(std::upper_bound(thresholds.begin(), thresholds.end(), sum) - thresholds.begin() -
                                  128);
}

SummedTable make_summed_table(const Quantization& x, const Quantization& y, ClampBounds bounds, std::int64_t count,
                              const std::function<double(double)>& inner, const std::function<double(double)>& outer) {
  TINYC_CHECK(x.is_per_tensor() && y.is_per_tensor() && count < std::int64_t{1} << 31, "activations have one scale");
  constexpr std::int64_t least = std::numeric_limits<std::int32_t>::min(),
                         most = std::numeric_limits<std::int32_t>::max();
  std::vector<double> values;
  double largest = 0;
  for (int stored = -128; stored < 128; ++stored) {
    values.push_back(inner(static_cast<double>(x.scale.front()) * (stored - x.zero_point.front())));
    largest = std::max(largest, std::fabs(values.back()));
  }
  const auto terms = static_cast<double>(std::max<std::int64_t>(count, 1));
  const double steps = largest > 0 ? (static_cast<double>(most) - terms) / (terms * largest) : 1;
  SummedTable table;
  for (const double value : values) table.map.push_back(static_cast<std::int32_t>(std::llround(value * steps)));

  const auto result = [&](std::int64_t sum) -> int {
    const double real = outer(static_cast<double>(sum) / steps);
    return std::isnan(real) ? bounds.low : bounds.apply(quantize_to_i8(real, y.scale.front(), y.zero_point.front()));
  };
  std::int64_t from = least;  // thresholds ascend
  for (int stored = -127; stored < 128; ++stored) {
    std::int64_t low = from, high = most;  // the least sum that reaches `stored` is in [low, high]
    while (low < high) {
      const std::int64_t middle = (low + high) >> 1;
      if (result(middle) >= stored) high = middle;
      else low = middle + 1;
    }
    table.thresholds.push_back(static_cast<std::int32_t>(low));
    from = low;
  }
  return table;
}

}  // namespace tinyc
