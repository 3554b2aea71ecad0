#ifndef TINYC_RUNTIME_REQUANTIZE_H
#define TINYC_RUNTIME_REQUANTIZE_H
/* Requantization: zero_point + floor((acc * 2^left_shift * multiplier + 2^31) / 2^32), not yet clamped.
 * A multiplier is a 16-bit mantissa times 2^j, 0 <= j <= 15, below 2^31; |acc| * 2^left_shift < 2^31. */

#include "lib/runtime/common.h"

/* A multiplier in the form the core multiplies fastest: split once per channel, outside the loop over its pixels. */
typedef struct {
#if TINYC_MUL_LONG
  int32_t multiplier;
#else
  uint32_t mantissa; /* below 2^16 */
  uint32_t shift;    /* 15 - j, in [0, 15] */
#endif
} tinyc_multiplier;

TINYC_INLINE tinyc_multiplier tinyc_split_multiplier(int32_t multiplier) {
  tinyc_multiplier result;
#if TINYC_MUL_LONG
  result.multiplier = multiplier;
#else
  uint32_t mantissa = (uint32_t)multiplier, shift = 15;
  if (mantissa >> 24 != 0) mantissa >>= 8, shift -= 8;
  if (mantissa >> 20 != 0) mantissa >>= 4, shift -= 4;
  if (mantissa >> 18 != 0) mantissa >>= 2, shift -= 2;
  if (mantissa >> 17 != 0) mantissa >>= 1, shift -= 1;
  if (mantissa >> 16 != 0) mantissa >>= 1, shift -= 1;
  result.mantissa = mantissa;
  result.shift = shift;
#endif
  return result;
}

/* With acc already shifted left. */
TINYC_INLINE int32_t tinyc_requantize_shifted(int32_t acc, tinyc_multiplier by, int32_t zero_point) {
#if !TINYC_MUL_LONG
  /* floor(acc * mantissa / 2^16) fits 32 bits, and the rounding constant 2^(31-j) is a multiple of 2^16; half of it is
   * added after all but the last shift. */
  const int32_t high = (int32_t)((uint32_t)(acc >> 16) * by.mantissa);
  const uint32_t low = ((uint32_t)acc & 0xffffu) * by.mantissa;
  return ((((high + (int32_t)(low >> 16)) >> by.shift) + 1) >> 1) + zero_point;
#elif TINYC_DSP && defined(__GNUC__) && defined(__arm__)
  int32_t result;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(acc), "r"(by.multiplier), "r"(zero_point));
  return result;
#else
  return zero_point + (int32_t)(((int64_t)acc * by.multiplier + ((int64_t)1 << 31)) >> 32);
#endif
}

TINYC_INLINE int32_t tinyc_requantize_split(int32_t acc, tinyc_multiplier by, int32_t left_shift, int32_t zero_point) {
  return tinyc_requantize_shifted((int32_t)((uint32_t)acc << left_shift), by, zero_point);
}

TINYC_INLINE int32_t tinyc_requantize(int32_t acc, int32_t multiplier, int32_t left_shift, int32_t zero_point) {
  return tinyc_requantize_split(acc, tinyc_split_multiplier(multiplier), left_shift, zero_point);
}

/* A multiplier m * 2^(16 - s) that is stored split: s, in [1, 16], above 16 bits of m. */
TINYC_INLINE int32_t tinyc_requantize_stored(int32_t acc, uint32_t stored, int32_t zero_point) {
  const uint32_t mantissa = stored & 0xffffu, shift = stored >> 16;
  tinyc_multiplier by;
#if TINYC_MUL_LONG
  by.multiplier = (int32_t)(mantissa << (16 - shift));
#else
  by.mantissa = mantissa;
  by.shift = shift - 1;
#endif
  return tinyc_requantize_shifted(acc, by, zero_point);
}

#endif
