#pragma once
// The integers of a quantized softmax (docs/quantization.md), with d = max(x) - x of stored values:
//
//   stored = min(127, (256 * e[d] + sum(e) / 2) / sum(e) - 128),   e[d] = round(2^Q * exp(-d * scale))
//
// in unsigned 32-bit arithmetic with truncating division; the result has scale 1/256 and zero point -128.

#include <cstdint>
#include <vector>

namespace tinyc {

// e[0..], without trailing zeros: beyond its end e[d] is 0; at most 256 entries. Q is 23, or less where
// `size` summands would not fit 32 bits. `size` is the length of a vector, at most softmax_most.
inline constexpr std::int64_t softmax_most = (std::int64_t{1} << 24) - 1;
std::vector<std::uint32_t> make_softmax_table(double scale, std::int64_t size);

}  // namespace tinyc
