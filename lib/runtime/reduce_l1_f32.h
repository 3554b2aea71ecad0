#ifndef TINYC_RUNTIME_REDUCE_L1_F32_H
#define TINYC_RUNTIME_REDUCE_L1_F32_H
/* y = the sum of |x| over the reduced axes. */

#include "lib/runtime/math_f32.h"
#include "lib/runtime/reduce_f32.h"

typedef tinyc_reduce_f32_params tinyc_reduce_l1_f32_params;

TINYC_INLINE float tinyc_reduce_l1_of_f32(const tinyc_reduce_f32_params *p, const float *x) {
  return tinyc_sum_f32(p, x, fabsf);
}

TINYC_KERNEL void tinyc_reduce_l1_f32(const tinyc_reduce_l1_f32_params *p, const float *x, float *y) {
  tinyc_reduce_f32(p, x, y, tinyc_reduce_l1_of_f32);
}

#endif
