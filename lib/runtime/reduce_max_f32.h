#ifndef TINYC_RUNTIME_REDUCE_MAX_F32_H
#define TINYC_RUNTIME_REDUCE_MAX_F32_H
/* y = the largest x over the reduced axes. */

#include "lib/runtime/math_f32.h"
#include "lib/runtime/reduce_f32.h"

typedef tinyc_reduce_f32_params tinyc_reduce_max_f32_params;

TINYC_INLINE float tinyc_larger_f32(float state, float x) { return state < x ? x : state; }

TINYC_INLINE float tinyc_reduce_max_of_f32(const tinyc_reduce_f32_params *p, const float *x) {
  return tinyc_fold_f32(p, x, -HUGE_VALF, tinyc_larger_f32);
}

TINYC_KERNEL void tinyc_reduce_max_f32(const tinyc_reduce_max_f32_params *p, const float *x, float *y) {
  tinyc_reduce_f32(p, x, y, tinyc_reduce_max_of_f32);
}

#endif
