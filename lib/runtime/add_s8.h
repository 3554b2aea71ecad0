#ifndef TINYC_RUNTIME_ADD_S8_H
#define TINYC_RUNTIME_ADD_S8_H
/* y = clamp((a * multiplier_a + b * multiplier_b + offset) >> shift), element by element of equal shapes; a
 * difference has a negative multiplier. The multipliers fit 16 bits, shift is in [0, 22], and no sum overflows for
 * any int8 a and b. y may be a or b. */

#include "lib/runtime/mve.h"

typedef struct {
  int32_t count;
  int32_t multiplier_a;
  int32_t multiplier_b;
  int32_t offset;
  int32_t shift;
  int32_t clamp_low;
  int32_t clamp_high;
} tinyc_add_s8_params;

#if TINYC_MVE
/* The first count & ~7 elements, eight per step; limited to int8 by saturation. */
TINYC_INLINE void tinyc_add_eights_s8(const tinyc_add_s8_params *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int16x8_t by_a = vdupq_n_s16((int16_t)p->multiplier_a), by_b = vdupq_n_s16((int16_t)p->multiplier_b);
  const int32_t offset = p->offset, shift = -p->shift;
  int32_t n;
  for (n = p->count >> 3; n > 0; --n, a += 8, b += 8, y += 8) {
    const int16x8_t u = vldrbq_s16(a), v = vldrbq_s16(b);
    int32x4_t even = vaddq_s32(vaddq_n_s32(vmullbq_int_s16(u, by_a), offset), vmullbq_int_s16(v, by_b));
    int32x4_t odd = vaddq_s32(vaddq_n_s32(vmulltq_int_s16(u, by_a), offset), vmulltq_int_s16(v, by_b));
    even = vshlq_r_s32(even, shift);
    odd = vshlq_r_s32(odd, shift);
    __asm__("vqmovnb.s32 %q0, %q0\n\tvqmovnt.s32 %q0, %q1\n\tvqmovnb.s16 %q0, %q0" : "+w"(even) : "w"(odd));
    vstrbq_s16(y, vreinterpretq_s16_s32(even));
  }
}
#elif TINYC_DSP
/* Four elements per step. `full`, a constant: the bounds are those of int8. */
TINYC_INLINE void tinyc_add_fours_s8(const tinyc_add_s8_params *p, const int8_t *a, const int8_t *b, int8_t *y,
                                     int full) {
  const int16_t by_a = (int16_t)p->multiplier_a, by_b = (int16_t)p->multiplier_b;
  const int32_t offset = p->offset, shift = p->shift, low = p->clamp_low, high = p->clamp_high;
  int32_t n;
  for (n = p->count >> 2; n > 0; --n, a += 4, b += 4, y += 4) {
    const uint32_t a4 = tinyc_load_u32(a), b4 = tinyc_load_u32(b);
    const uint32_t a02 = tinyc_sxtb16(a4), a13 = tinyc_sxtb16_odd(a4);
    const uint32_t b02 = tinyc_sxtb16(b4), b13 = tinyc_sxtb16_odd(b4);
    const int32_t y0 = ((int16_t)a02 * by_a + offset + (int16_t)b02 * by_b) >> shift;
    const int32_t y1 = ((int16_t)a13 * by_a + offset + (int16_t)b13 * by_b) >> shift;
    const int32_t y2 = (((int32_t)a02 >> 16) * by_a + offset + ((int32_t)b02 >> 16) * by_b) >> shift;
    const int32_t y3 = (((int32_t)a13 >> 16) * by_a + offset + ((int32_t)b13 >> 16) * by_b) >> shift;
    y[0] = full ? tinyc_saturate_s8(y0) : tinyc_clamp_s8(y0, low, high);
    y[1] = full ? tinyc_saturate_s8(y1) : tinyc_clamp_s8(y1, low, high);
    y[2] = full ? tinyc_saturate_s8(y2) : tinyc_clamp_s8(y2, low, high);
    y[3] = full ? tinyc_saturate_s8(y3) : tinyc_clamp_s8(y3, low, high);
  }
}
#endif

TINYC_KERNEL void tinyc_add_s8(const tinyc_add_s8_params *p, const int8_t *a, const int8_t *b, int8_t *y) {
  int32_t i = 0;
#if TINYC_MVE
  i = p->count & ~7;
  tinyc_add_eights_s8(p, a, b, y);
  if (p->clamp_low > -128 || p->clamp_high < 127) tinyc_mve_clamp(y, i, p->clamp_low, p->clamp_high);
#elif TINYC_DSP
  i = p->count & ~3;
  if (p->clamp_low == -128 && p->clamp_high == 127)
    tinyc_add_fours_s8(p, a, b, y, 1);
  else
    tinyc_add_fours_s8(p, a, b, y, 0);
#endif
  for (; i < p->count; ++i) {
    const int32_t sum = a[i] * p->multiplier_a + b[i] * p->multiplier_b + p->offset;
    y[i] = tinyc_clamp_s8(sum >> p->shift, p->clamp_low, p->clamp_high);
  }
}

#endif
