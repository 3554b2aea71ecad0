#ifndef TINYC_RUNTIME_EXP_F32_H
#define TINYC_RUNTIME_EXP_F32_H
/* y = e to the power of x. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_exp_f32_params;

TINYC_KERNEL void tinyc_exp_f32(const tinyc_exp_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = expf(x[i]);
}

#endif
