#ifndef TINYC_RUNTIME_MUL_S8_H
#define TINYC_RUNTIME_MUL_S8_H
/* y = clamp(requantize((a - a_zero_point) * (b - b_zero_point))), element by element of equal shapes. y may be a
 * or b. */

#include "lib/runtime/mve_requantize.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t count;
  int32_t a_zero_point;
  int32_t b_zero_point;
  int32_t multiplier;
  int32_t left_shift; /* |product| * 2^left_shift < 2^31 */
  int32_t zero_point;
  int32_t clamp_low;
  int32_t clamp_high;
} tinyc_mul_s8_params;

TINYC_KERNEL void tinyc_mul_s8(const tinyc_mul_s8_params *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const tinyc_multiplier multiplier = tinyc_split_multiplier(p->multiplier);
  const int32_t zero_a = p->a_zero_point, zero_b = p->b_zero_point, zero_y = p->zero_point;
  const int32_t left_shift = p->left_shift, low = p->clamp_low, high = p->clamp_high;
  int32_t i = 0;
#if TINYC_MVE
  const int32x4_t by = vdupq_n_s32(p->multiplier);
  for (; i + 8 <= p->count; i += 8) {
    const int16x8_t u = vsubq_n_s16(vldrbq_s16(a + i), (int16_t)zero_a), v = vsubq_n_s16(vldrbq_s16(b + i), (int16_t)zero_b);
    vstrbq_s16(y + i, tinyc_mve_requantize(vmullbq_int_s16(u, v), vmulltq_int_s16(u, v), by, by, left_shift, zero_y, low, high));
  }
#endif
  for (; i < p->count; ++i) {
    const int32_t product = (a[i] - zero_a) * (b[i] - zero_b);
    y[i] = tinyc_clamp_s8(tinyc_requantize_split(product, multiplier, left_shift, zero_y), low, high);
  }
}

#endif
