#include "lib/quant/add_params.h"

#include <algorithm>
#include <cmath>

#include "lib/support/check.h"

namespace tinyc {

AddParams make_add_params(const Quantization& a, const Quantization& b, const Quantization& result, int sign_b) {
  TINYC_CHECK(a.is_per_tensor() && b.is_per_tensor() && result.is_per_tensor(), "activations have one scale");
  const auto ratio = [&](const Quantization& q) {
    return static_cast<double>(q.scale.front()) / static_cast<double>(result.scale.front());
  };
  const double larger = std::max(ratio(a), ratio(b));
  // |offset| <= 2^7 * 2^22 + 2^21 + 2 * 2^7 * 2^15 and the products are at most 2^22 each: below 2^30.
  AddParams params;
  params.shift = std::clamp(14 - std::ilogb(larger), 0, 22);
  if (params.shift > 0 && std::round(std::ldexp(larger, params.shift)) > 32767) --params.shift;
  const auto multiplier = [&](double real) {
    return static_cast<std::int32_t>(std::min(std::round(std::ldexp(real, params.shift)), 32767.0));
  };
  params.multiplier_a = multiplier(ratio(a));
  params.multiplier_b = sign_b * multiplier(ratio(b));
  params.offset = result.zero_point.front() * (std::int32_t{1} << params.shift) + ((std::int32_t{1} << params.shift) >> 1) -
                  params.multiplier_a * a.zero_point.front() - params.multiplier_b * b.zero_point.front();
  return params;
}

}  // namespace tinyc
