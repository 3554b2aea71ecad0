#ifndef TINYC_RUNTIME_QUANTIZE_F32_S8_H
#define TINYC_RUNTIME_QUANTIZE_F32_S8_H
/* y = clamp(round(x / scale) + zero_point), halves away from zero, in single precision; what is not a number becomes the zero
 * point. y may begin where x does. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t count;
  float scale;
  int32_t zero_point;
} tinyc_quantize_f32_s8_params;

TINYC_KERNEL void tinyc_quantize_f32_s8(const tinyc_quantize_f32_s8_params *p, const float *x, int8_t *y) {
  const float scale = p->scale;
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const float steps = x[i] / scale;
    int32_t value = 0;
    if (steps > 256.0f) {
      value = 256;
    } else if (steps < -256.0f) {
      value = -256;
    } else if (steps == steps) {
      const int32_t whole = (int32_t)steps;
      const float rest = steps - (float)whole;
      value = rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
    }
    y[i] = tinyc_clamp_s8(value + p->zero_point, -128, 127);
  }
}

#endif
