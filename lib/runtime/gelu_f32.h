#ifndef TINYC_RUNTIME_GELU_F32_H
#define TINYC_RUNTIME_GELU_F32_H
/* y = x / 2 * (1 + erf(x / sqrt(2))). y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_gelu_f32_params;

TINYC_KERNEL void tinyc_gelu_f32(const tinyc_gelu_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = 0.5f * v * (1.0f + erff(v * 0.70710678f));
  }
}

#endif
