#ifndef TINYC_RUNTIME_MIN_F32_H
#define TINYC_RUNTIME_MIN_F32_H
/* y = the smaller of a and b, NaN where either is one. */

#include "lib/runtime/binary_f32.h"

typedef tinyc_binary_f32_params tinyc_min_f32_params;

TINYC_INLINE float tinyc_min_of_two_f32(float a, float b) { return a < b || a != a ? a : b; }

TINYC_KERNEL void tinyc_min_f32(const tinyc_min_f32_params *p, const float *a, const float *b, float *y) {
  tinyc_binary_f32(p, a, b, y, tinyc_min_of_two_f32);
}

#endif
