#ifndef TINYC_RUNTIME_SELU_F32_H
#define TINYC_RUNTIME_SELU_F32_H
/* y = gamma * x where x >= 0, gamma * alpha * (exp(x) - 1) elsewhere. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
  float alpha;
  float gamma;
} tinyc_selu_f32_params;

TINYC_KERNEL void tinyc_selu_f32(const tinyc_selu_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = p->gamma * (v < 0.0f ? p->alpha * expm1f(v) : v);
  }
}

#endif
