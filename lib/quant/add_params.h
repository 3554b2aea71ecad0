#pragma once
// The integers of a quantized sum (docs/quantization.md):
//
//   stored = clamp((a * multiplier_a + b * multiplier_b + offset) >> shift)
//
// with an arithmetic shift: one rounding, half towards plus infinity. `offset` holds the zero points of all
// three and the rounding constant. The larger multiplier is in [2^14, 2^15) unless a bound below forbids
// it, so each real coefficient is exact to 2^-15 of the larger one, and the products with two int8 make one SMLAD.

#include <cstdint>

#include "lib/ir/type.h"

namespace tinyc {

struct AddParams {
  std::int32_t multiplier_a = 0;  // in [-32767, 32767]
  std::int32_t multiplier_b = 0;
  std::int32_t offset = 0;
  int shift = 0;                  // in [0, 22], so that no int32 overflows for any int8 a and b

  // Not yet clamped.
  std::int32_t operator()(std::int32_t a, std::int32_t b) const {
    return (a * multiplier_a + b * multiplier_b + offset) >> shift;
  }
};

// Of real_a + sign_b * real_b, sign_b = 1 or -1; all per tensor int8. Coefficients beyond 2^15 (an operand whose
// smallest step exceeds the result's whole range) saturate.
AddParams make_add_params(const Quantization& a, const Quantization& b, const Quantization& result, int sign_b = 1);

}  // namespace tinyc
