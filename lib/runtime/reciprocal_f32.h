#ifndef TINYC_RUNTIME_RECIPROCAL_F32_H
#define TINYC_RUNTIME_RECIPROCAL_F32_H
/* y = 1 / x. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
} tinyc_reciprocal_f32_params;

TINYC_KERNEL void tinyc_reciprocal_f32(const tinyc_reciprocal_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = 1.0f / x[i];
}

#endif
