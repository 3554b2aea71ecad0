#ifndef TINYC_RUNTIME_POW_F32_H
#define TINYC_RUNTIME_POW_F32_H
/* y = a to the power of b. */

#include "lib/runtime/binary_f32.h"
#include "lib/runtime/math_f32.h"

typedef tinyc_binary_f32_params tinyc_pow_f32_params;

TINYC_INLINE float tinyc_pow_of_two_f32(float a, float b) { return powf(a, b); }

TINYC_KERNEL void tinyc_pow_f32(const tinyc_pow_f32_params *p, const float *a, const float *b, float *y) {
  tinyc_binary_f32(p, a, b, y, tinyc_pow_of_two_f32);
}

#endif
