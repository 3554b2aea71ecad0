#ifndef TINYC_RUNTIME_PRELU_F32_H
#define TINYC_RUNTIME_PRELU_F32_H
/* y = a where a >= 0, b * a elsewhere. */

#include "lib/runtime/binary_f32.h"

typedef tinyc_binary_f32_params tinyc_prelu_f32_params;

TINYC_INLINE float tinyc_prelu_of_two_f32(float a, float b) { return a < 0.0f ? b * a : a; }

TINYC_KERNEL void tinyc_prelu_f32(const tinyc_prelu_f32_params *p, const float *a, const float *b, float *y) {
  tinyc_binary_f32(p, a, b, y, tinyc_prelu_of_two_f32);
}

#endif
