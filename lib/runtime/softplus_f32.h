#ifndef TINYC_RUNTIME_SOFTPLUS_F32_H
#define TINYC_RUNTIME_SOFTPLUS_F32_H
/* y = log(1 + exp(x)). y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_softplus_f32_params;

TINYC_KERNEL void tinyc_softplus_f32(const tinyc_softplus_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = (v > 0.0f ? v : 0.0f) + log1pf(expf(-fabsf(v)));
  }
}

#endif
