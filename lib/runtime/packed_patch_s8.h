#ifndef TINYC_RUNTIME_PACKED_PATCH_S8_H
#define TINYC_RUNTIME_PACKED_PATCH_S8_H
/* Bytes as the halfwords of a patch (packed_tile_s8.h). */

#include "lib/runtime/common.h"

/* Four bytes per step of every other pair of words; count is a multiple of 4. */
TINYC_INLINE int16_t *tinyc_widen_one(int16_t *to, const int8_t *from, int32_t count) {
#if TINYC_DSP
  for (; count > 0; count -= 4, from += 4, to += 8) {
    const uint32_t word = tinyc_load_u32(from);
    tinyc_store_u32_aligned(to, tinyc_sxtb16(word));
    tinyc_store_u32_aligned(to + 4, tinyc_sxtb16_odd(word));
  }
#else
  for (; count > 0; count -= 4, from += 4, to += 8) {
    to[0] = from[0];
    to[1] = from[2];
    to[4] = from[1];
    to[5] = from[3];
  }
#endif
  return to;
}

/* Both pixels at once. */
TINYC_INLINE int16_t *tinyc_widen_two(int16_t *to, const int8_t *from0, const int8_t *from1, int32_t count) {
#if TINYC_DSP
  for (; count >= 8; count -= 8, from0 += 8, from1 += 8, to += 16) {
    const uint32_t a = tinyc_load_u32(from0), b = tinyc_load_u32(from0 + 4);
    const uint32_t c = tinyc_load_u32(from1), d = tinyc_load_u32(from1 + 4);
    tinyc_store_u32_aligned(to, tinyc_sxtb16(a));
    tinyc_store_u32_aligned(to + 2, tinyc_sxtb16(c));
    tinyc_store_u32_aligned(to + 4, tinyc_sxtb16_odd(a));
    tinyc_store_u32_aligned(to + 6, tinyc_sxtb16_odd(c));
    tinyc_store_u32_aligned(to + 8, tinyc_sxtb16(b));
    tinyc_store_u32_aligned(to + 10, tinyc_sxtb16(d));
    tinyc_store_u32_aligned(to + 12, tinyc_sxtb16_odd(b));
    tinyc_store_u32_aligned(to + 14, tinyc_sxtb16_odd(d));
  }
  if (count == 0) return to;
#endif
  tinyc_widen_one(to + 2, from1, count);
  return tinyc_widen_one(to, from0, count);
}

#endif
