#ifndef TINYC_RUNTIME_ACOSH_F32_H
#define TINYC_RUNTIME_ACOSH_F32_H
/* y = the inverse hyperbolic cosine of x. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_acosh_f32_params;

TINYC_KERNEL void tinyc_acosh_f32(const tinyc_acosh_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = acoshf(x[i]);
}

#endif
