#ifndef TINYC_RUNTIME_SWISH_F32_H
#define TINYC_RUNTIME_SWISH_F32_H
/* y = x / (1 + exp(-x)). y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_swish_f32_params;

TINYC_KERNEL void tinyc_swish_f32(const tinyc_swish_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = x[i] / (1.0f + expf(-x[i]));
}

#endif
