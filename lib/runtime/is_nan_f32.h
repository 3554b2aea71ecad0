#ifndef TINYC_RUNTIME_IS_NAN_F32_H
#define TINYC_RUNTIME_IS_NAN_F32_H
/* y = whether x is not a number. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t count;
} tinyc_is_nan_f32_params;

TINYC_KERNEL void tinyc_is_nan_f32(const tinyc_is_nan_f32_params *p, const float *x, uint8_t *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = (uint8_t)(x[i] != x[i]);
}

#endif
