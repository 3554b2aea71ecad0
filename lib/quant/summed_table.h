#pragma once
// The integers of y = outer(sum of inner(x)) for int8 x and y (docs/quantization.md): norms, sums of squares.
//
//   sum = sum of map[x + 128];  stored = -128 + the number of thresholds <= sum
//
// `outer` never falls. The map holds inner(x) on the finest scale on which no sum of `count` terms leaves 32 bits.

#include <cstdint>
#include <functional>
#include <vector>

#include "lib/ir/type.h"
#include "lib/quant/clamp.h"

namespace tinyc {

struct SummedTable {
  std::vector<std::int32_t> map;         // 256
  std::vector<std::int32_t> thresholds;  // 255, ascending; the largest int32 is never reached

  std::int8_t stored(std::int32_t sum) const;
};

// `inner` is finite; where `outer` is NaN, the result is the least.
SummedTable make_summed_table(const Quantization& x, const Quantization& y, ClampBounds bounds, std::int64_t count,
                              const std::function<double(double)>& inner, const std::function<double(double)>& outer);

}  // namespace tinyc
