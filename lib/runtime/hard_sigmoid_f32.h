#ifndef TINYC_RUNTIME_HARD_SIGMOID_F32_H
#define TINYC_RUNTIME_HARD_SIGMOID_F32_H
/* y = alpha * x + beta, bounded by 0 and 1. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
  float alpha;
  float beta;
} tinyc_hard_sigmoid_f32_params;

TINYC_KERNEL void tinyc_hard_sigmoid_f32(const tinyc_hard_sigmoid_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = tinyc_clamp_f32(p->alpha * x[i] + p->beta, 0.0f, 1.0f);
}

#endif
