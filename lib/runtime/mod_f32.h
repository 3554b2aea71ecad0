#ifndef TINYC_RUNTIME_MOD_F32_H
#define TINYC_RUNTIME_MOD_F32_H
/* y = the rest of a / b, of the sign of a. */

#include "lib/runtime/binary_f32.h"
#include "lib/runtime/math_f32.h"

typedef tinyc_binary_f32_params tinyc_mod_f32_params;

TINYC_INLINE float tinyc_mod_of_two_f32(float a, float b) { return fmodf(a, b); }

TINYC_KERNEL void tinyc_mod_f32(const tinyc_mod_f32_params *p, const float *a, const float *b, float *y) {
  tinyc_binary_f32(p, a, b, y, tinyc_mod_of_two_f32);
}

#endif
