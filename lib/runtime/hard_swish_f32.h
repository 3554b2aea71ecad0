#ifndef TINYC_RUNTIME_HARD_SWISH_F32_H
#define TINYC_RUNTIME_HARD_SWISH_F32_H
/* y = x * (x / 6 + 1 / 2, bounded by 0 and 1). y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
} tinyc_hard_swish_f32_params;

TINYC_KERNEL void tinyc_hard_swish_f32(const tinyc_hard_swish_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v * tinyc_clamp_f32(v / 6.0f + 0.5f, 0.0f, 1.0f);
  }
}

#endif
