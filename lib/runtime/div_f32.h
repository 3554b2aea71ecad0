#ifndef TINYC_RUNTIME_DIV_F32_H
#define TINYC_RUNTIME_DIV_F32_H
/* y = a / b. */

#include "lib/runtime/binary_f32.h"

typedef tinyc_binary_f32_params tinyc_div_f32_params;

TINYC_INLINE float tinyc_div_of_two_f32(float a, float b) { return a / b; }

TINYC_KERNEL void tinyc_div_f32(const tinyc_div_f32_params *p, const float *a, const float *b, float *y) {
  tinyc_binary_f32(p, a, b, y, tinyc_div_of_two_f32);
}

#endif
