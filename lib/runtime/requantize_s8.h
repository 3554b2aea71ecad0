#ifndef TINYC_RUNTIME_REQUANTIZE_S8_H
#define TINYC_RUNTIME_REQUANTIZE_S8_H
/* y = clamp(requantize(x - input_zero_point)): the same real values with other parameters. y may be x. */

#include "lib/runtime/mve_requantize.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t count;
  int32_t input_zero_point;
  int32_t multiplier;
  int32_t left_shift;
  int32_t zero_point;
  int32_t clamp_low;
  int32_t clamp_high;
} tinyc_requantize_s8_params;

TINYC_KERNEL void tinyc_requantize_s8(const tinyc_requantize_s8_params *p, const int8_t *x, int8_t *y) {
  const tinyc_multiplier multiplier = tinyc_split_multiplier(p->multiplier);
  const int32_t zero_x = p->input_zero_point, zero_y = p->zero_point;
  const int32_t left_shift = p->left_shift, low = p->clamp_low, high = p->clamp_high;
  int32_t i = 0;
#if TINYC_MVE
  const int32x4_t by = vdupq_n_s32(p->multiplier);
  for (; i + 8 <= p->count; i += 8) {
    const int16x8_t values = vsubq_n_s16(vldrbq_s16(x + i), (int16_t)zero_x);
    vstrbq_s16(y + i, tinyc_mve_requantize(vmovlbq_s16(values), vmovltq_s16(values), by, by, left_shift, zero_y, low, high));
  }
#endif
  for (; i < p->count; ++i)
    y[i] = tinyc_clamp_s8(tinyc_requantize_split(x[i] - zero_x, multiplier, left_shift, zero_y), low, high);
}

#endif
