#ifndef TINYC_RUNTIME_CEIL_F32_H
#define TINYC_RUNTIME_CEIL_F32_H
/* y = the least integer not below x. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_ceil_f32_params;

TINYC_KERNEL void tinyc_ceil_f32(const tinyc_ceil_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = ceilf(x[i]);
}

#endif
