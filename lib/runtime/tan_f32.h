#ifndef TINYC_RUNTIME_TAN_F32_H
#define TINYC_RUNTIME_TAN_F32_H
/* y = the tangent of x. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_tan_f32_params;

TINYC_KERNEL void tinyc_tan_f32(const tinyc_tan_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = tanf(x[i]);
}

#endif
