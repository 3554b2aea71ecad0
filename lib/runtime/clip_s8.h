#ifndef TINYC_RUNTIME_CLIP_S8_H
#define TINYC_RUNTIME_CLIP_S8_H
/* y = x limited to [clamp_low, clamp_high]. y may be x. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t count;
  int32_t clamp_low;
  int32_t clamp_high;
} tinyc_clip_s8_params;

TINYC_KERNEL void tinyc_clip_s8(const tinyc_clip_s8_params *p, const int8_t *x, int8_t *y) {
  const int32_t low = p->clamp_low, high = p->clamp_high;
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = tinyc_clamp_s8(x[i], low, high);
}

#endif
