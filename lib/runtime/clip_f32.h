#ifndef TINYC_RUNTIME_CLIP_F32_H
#define TINYC_RUNTIME_CLIP_F32_H
/* y = x limited to [clamp_low, clamp_high]. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
  float clamp_low, clamp_high;
} tinyc_clip_f32_params;

TINYC_KERNEL void tinyc_clip_f32(const tinyc_clip_f32_params *p, const float *x, float *y) {
  const float low = p->clamp_low, high = p->clamp_high;
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = tinyc_clamp_f32(x[i], low, high);
}

#endif
