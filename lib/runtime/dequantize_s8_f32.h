#ifndef TINYC_RUNTIME_DEQUANTIZE_S8_F32_H
#define TINYC_RUNTIME_DEQUANTIZE_S8_F32_H
/* y = scale * (x - zero_point), in single precision: exact but for one rounding. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t count;
  float scale;
  int32_t zero_point;
} tinyc_dequantize_s8_f32_params;

TINYC_KERNEL void tinyc_dequantize_s8_f32(const tinyc_dequantize_s8_f32_params *p, const int8_t *x, float *y) {
  const float scale = p->scale;
  const int32_t zero_point = p->zero_point;
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = scale * (float)(x[i] - zero_point);
}

#endif
