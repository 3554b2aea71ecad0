#ifndef TINYC_RUNTIME_SOFTSIGN_F32_H
#define TINYC_RUNTIME_SOFTSIGN_F32_H
/* y = x / (1 + |x|). y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t count;
} tinyc_softsign_f32_params;

TINYC_KERNEL void tinyc_softsign_f32(const tinyc_softsign_f32_params *p, const float *x, float *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float v = x[i];
    y[i] = v / (1.0f + fabsf(v));
  }
}

#endif
