#ifndef TINYC_RUNTIME_IS_INF_F32_H
#define TINYC_RUNTIME_IS_INF_F32_H
/* y = whether x is infinite, of a sign that is asked for. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
  int32_t detect_negative;
  int32_t detect_positive;
} tinyc_is_inf_f32_params;

TINYC_KERNEL void tinyc_is_inf_f32(const tinyc_is_inf_f32_params *p, const float *x, uint8_t *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = (uint8_t)((v == HUGE_VALF && p->detect_positive) || (v == -HUGE_VALF && p->detect_negative));
  }
}

#endif
