#ifndef TINYC_RUNTIME_REDUCE_L2_F32_H
#define TINYC_RUNTIME_REDUCE_L2_F32_H
/* y = the square root of the sum of x * x over the reduced axes. */

#include "lib/runtime/math_f32.h"
#include "lib/runtime/reduce_f32.h"

typedef tinyc_reduce_f32_params tinyc_reduce_l2_f32_params;

TINYC_INLINE float tinyc_reduce_l2_of_f32(const tinyc_reduce_f32_params *p, const float *x) {
  return sqrtf(tinyc_sum_f32(p, x, tinyc_square_f32));
}

TINYC_KERNEL void tinyc_reduce_l2_f32(const tinyc_reduce_l2_f32_params *p, const float *x, float *y) {
  tinyc_reduce_f32(p, x, y, tinyc_reduce_l2_of_f32);
}

#endif
