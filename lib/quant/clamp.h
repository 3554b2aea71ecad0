#pragma once
// The fused activation of an int8 result.

#include <cstdint>

#include "lib/ir/attributes.h"
#include "lib/ir/type.h"

namespace tinyc {

struct ClampBounds {
  std::int32_t low = -128;
  std::int32_t high = 127;

  bool is_full() const { return low == -128 && high == 127; }
  std::int32_t apply(std::int32_t value) const { return value < low ? low : value > high ? high : value; }
};

// The real attributes clamp_low and clamp_high as stored values of the result: within [-128, 127], low <= high.
ClampBounds clamp_bounds(const Attributes& attributes, const Quantization& result);

}  // namespace tinyc
