#ifndef TINYC_RUNTIME_ELU_F32_H
#define TINYC_RUNTIME_ELU_F32_H
/* y = x where x >= 0, alpha * (exp(x) - 1) elsewhere. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
  float alpha;
} tinyc_elu_f32_params;

TINYC_KERNEL void tinyc_elu_f32(const tinyc_elu_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v < 0.0f ? p->alpha * expm1f(v) : v;
  }
}

#endif
