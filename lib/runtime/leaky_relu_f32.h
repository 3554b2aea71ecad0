#ifndef TINYC_RUNTIME_LEAKY_RELU_F32_H
#define TINYC_RUNTIME_LEAKY_RELU_F32_H
/* y = x where x >= 0, alpha * x elsewhere. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
  float alpha;
} tinyc_leaky_relu_f32_params;

TINYC_KERNEL void tinyc_leaky_relu_f32(const tinyc_leaky_relu_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v < 0.0f ? p->alpha * v : v;
  }
}

#endif
