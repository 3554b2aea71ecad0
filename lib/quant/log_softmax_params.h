#pragma once
// The integers of a quantized log-softmax (docs/quantization.md), with d = max(x) - x of stored values and e[] of
// lib/quant/softmax_params.h:
//
//   stored = clamp((offset - d * multiplier - octaves * octave - fraction[f]) >> shift)
//
// where sum(e) = 2^octaves * (1 + (f + r) / 256), 0 <= r < 1, in unsigned 32 bits. The logarithm is exact to 0.002.

#include <cstdint>
#include <vector>

#include "lib/ir/type.h"

namespace tinyc {

struct LogSoftmaxParams {
  std::vector<std::uint32_t> table;    // e[0..]
  std::int32_t multiplier = 0;
  std::int32_t octave = 0;             // ln 2
  std::vector<std::int32_t> fraction;  // 256: ln(1 + (f + 1/2) / 256)
  std::int32_t offset = 0;             // the zero point, the logarithm of e[0] and the rounding constant
  int shift = 0;                       // in [0, 22], so that no int32 overflows

  // Not yet clamped; `sum` is not 0.
  std::int32_t operator()(std::int32_t d, std::uint32_t sum) const;
};

// Over vectors of `size` elements.
LogSoftmaxParams make_log_softmax_params(const Quantization& x, const Quantization& y, std::int64_t size);

}  // namespace tinyc
