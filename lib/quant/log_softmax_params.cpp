#include "lib/quant/log_softmax_params.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "lib/quant/softmax_params.h"
#include "lib/support/check.h"

namespace tinyc {

std::int32_t LogSoftmaxParams::operator()(std::int32_t d, std::uint32_t sum) const {
  const int octaves = std::bit_width(sum) - 1;
  const std::uint32_t f = (sum << (31 - octaves)) >> 23 & 255;
  return (offset - d * multiplier - octaves * octave - fraction[f]) >> shift;
}

LogSoftmaxParams make_log_softmax_params(const Quantization& x, const Quantization& y, std::int64_t size) {
  TINYC_CHECK(x.is_per_tensor() && y.is_per_tensor(), "activations have one scale");
  LogSoftmaxParams params;
  params.table = make_softmax_table(static_cast<double>(x.scale.front()), size);
  // In steps of the result. Beyond 2^15 steps everything but the smallest saturates, as it does there.
  const auto steps = [&](double real) { return std::min(real / static_cast<double>(y.scale.front()), 32768.0); };
  const double per_step = steps(x.scale.front()), per_octave = steps(std::numbers::ln2);
  // |d * multiplier| + |32 octaves| + |fraction| + |offset| < 2^31
  const double largest = 255 * per_step + 66 * per_octave + 130;
  params.shift = std::clamp(30 - std::ilogb(largest) - 1, 0, 22);
  const auto fixed = [&](double value) {
    return static_cast<std::int32_t>(std::llround(std::ldexp(value, params.shift)));
  };
  params.multiplier = fixed(per_step);
  params.octave = fixed(per_octave);
  for (int f = 0; f < 256; ++f) params.fraction.push_back(fixed(per_octave * std::log2(1 + (f + 0.5) / 256)));
  params.offset = fixed(y.zero_point.front() + 0.5 + per_octave * std::log2(static_cast<double>(params.table.front())));
  return params;
}

}  // namespace tinyc
