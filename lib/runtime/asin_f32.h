#ifndef TINYC_RUNTIME_ASIN_F32_H
#define TINYC_RUNTIME_ASIN_F32_H
/* y = the arc sine of x. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_asin_f32_params;

TINYC_KERNEL void tinyc_asin_f32(const tinyc_asin_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = asinf(x[i]);
}

#endif
