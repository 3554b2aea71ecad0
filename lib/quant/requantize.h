#pragma once
// The one requantization of tinyc (docs/quantization.md):
//
//   stored = clamp(zero_point + ((int64(acc << left_shift) * multiplier + 2^31) >> 32))
//
// that is, one rounding, half towards plus infinity. `multiplier` is a 16-bit mantissa times a power of two
// (mantissa << j, 0 <= j <= 15), so that SMMLAR and VRMULH compute it in one instruction and an M0+ needs two
// 16x16 products; the ratio is then exact to 2^-16 relative, and the absolute error stays below
// |acc| * 2^-33 for tiny ratios. `left_shift` is 0 unless the ratio is 1/2 or more.

#include <cstdint>
#include <span>
#include <vector>

#include "lib/ir/type.h"
#include "lib/support/result.h"

namespace tinyc {

inline constexpr double max_ratio = 32768;
// With this ratio every accumulator but 0 saturates an int8, as it does with any larger one; its left_shift is
// below that of max_ratio, and admits accumulators up to 2^16.
inline constexpr double saturating_ratio = 8192;

struct Requantizer {
  std::int32_t multiplier = 0;  // in [0, 2^31)
  int left_shift = 0;           // in [0, 16]; the same for all channels of a layer
};

// One per ratio, with a common left_shift. Ratios must be positive and below max_ratio. The caller proves that
// |acc| * 2^left_shift < 2^31.
std::vector<Requantizer> make_requantizers(std::span<const double> ratios);
inline Requantizer make_requantizer(double ratio) { return make_requantizers({&ratio, 1}).front(); }

// zero_point + round(acc * ratio), not yet clamped.
std::int32_t requantize(std::int32_t acc, Requantizer requantizer, std::int32_t zero_point);

// The stored value of a real number: round half away from zero, clamped to [-128, 127].
std::int8_t quantize_to_i8(double real, double scale, std::int32_t zero_point);

// Affine int8 parameters for a range of real values: widened to contain 0, which is exactly representable;
// a range without extent gets scale 1.
Quantization affine_i8(double low, double high);

}  // namespace tinyc
