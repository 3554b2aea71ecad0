#ifndef TINYC_RUNTIME_SHRINK_F32_H
#define TINYC_RUNTIME_SHRINK_F32_H
/* y = x moved by bias towards 0 where |x| > lambd, 0 elsewhere. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
  float bias;
  float lambd;
} tinyc_shrink_f32_params;

TINYC_KERNEL void tinyc_shrink_f32(const tinyc_shrink_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v < -p->lambd ? v + p->bias : v > p->lambd ? v - p->bias : 0.0f;
  }
}

#endif
