#ifndef TINYC_RUNTIME_ADD_S8_H
#define TINYC_RUNTIME_ADD_S8_H
/* y = clamp((a * multiplier_a + b * multiplier_b + offset) >> shift), element by element of equal shapes; a
 * difference has a negative multiplier. The multipliers fit 16 bits, shift is in [0, 22], and no sum overflows for
 * any int8 a and b. y may be a or b. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t count;
  int32_t multiplier_a;
  int32_t multiplier_b;
  int32_t offset;
  int32_t shift;
  int32_t clamp_low;
  int32_t clamp_high;
} tinyc_add_s8_params;

TINYC_KERNEL void tinyc_add_s8(const tinyc_add_s8_params *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int32_t multiplier_a = p->multiplier_a, multiplier_b = p->multiplier_b;
  const int32_t offset = p->offset, shift = p->shift, low = p->clamp_low, high = p->clamp_high;
  int32_t n = p->count;
#if TINYC_DSP
  const uint32_t multipliers = ((uint32_t)multiplier_a & 0xffffu) | ((uint32_t)multiplier_b << 16);
  for (; n >= 4; n -= 4, a += 4, b += 4, y += 4) {
    const uint32_t a4 = tinyc_load_u32(a), b4 = tinyc_load_u32(b);
    const uint32_t a02 = tinyc_sxtb16(a4), a13 = tinyc_sxtb16_odd(a4);
    const uint32_t b02 = tinyc_sxtb16(b4), b13 = tinyc_sxtb16_odd(b4);
    const int32_t y0 = tinyc_smlad((a02 & 0xffffu) | (b02 << 16), multipliers, offset) >> shift;
    const int32_t y1 = tinyc_smlad((a13 & 0xffffu) | (b13 << 16), multipliers, offset) >> shift;
    const int32_t y2 = tinyc_smlad((a02 >> 16) | (b02 & 0xffff0000u), multipliers, offset) >> shift;
    const int32_t y3 = tinyc_smlad((a13 >> 16) | (b13 & 0xffff0000u), multipliers, offset) >> shift;
    y[0] = tinyc_clamp_s8(y0, low, high);
    y[1] = tinyc_clamp_s8(y1, low, high);
    y[2] = tinyc_clamp_s8(y2, low, high);
    y[3] = tinyc_clamp_s8(y3, low, high);
  }
#endif
  for (; n > 0; --n) {
    const int32_t sum = *a++ * multiplier_a + *b++ * multiplier_b + offset;
    *y++ = tinyc_clamp_s8(sum >> shift, low, high);
  }
}

#endif
