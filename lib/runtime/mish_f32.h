#ifndef TINYC_RUNTIME_MISH_F32_H
#define TINYC_RUNTIME_MISH_F32_H
/* y = x * tanh(log(1 + exp(x))). y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_mish_f32_params;

TINYC_KERNEL void tinyc_mish_f32(const tinyc_mish_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v * tanhf((v > 0.0f ? v : 0.0f) + log1pf(expf(-fabsf(v))));
  }
}

#endif
