#ifndef TINYC_RUNTIME_NEG_F32_H
#define TINYC_RUNTIME_NEG_F32_H
/* y = -x. y may be x. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
} tinyc_neg_f32_params;

TINYC_KERNEL void tinyc_neg_f32(const tinyc_neg_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = -x[i];
}

#endif
