#ifndef TINYC_RUNTIME_SIGN_F32_H
#define TINYC_RUNTIME_SIGN_F32_H
/* y = 1, -1 or x itself, as x is above, below or neither. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
} tinyc_sign_f32_params;

TINYC_KERNEL void tinyc_sign_f32(const tinyc_sign_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : v;
  }
}

#endif
