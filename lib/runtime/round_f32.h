#ifndef TINYC_RUNTIME_ROUND_F32_H
#define TINYC_RUNTIME_ROUND_F32_H
/* y = the nearest integer to x, halves to the even one. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_round_f32_params;

TINYC_KERNEL void tinyc_round_f32(const tinyc_round_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = nearbyintf(x[i]);
}

#endif
