#ifndef TINYC_RUNTIME_REDUCE_SUM_F32_H
#define TINYC_RUNTIME_REDUCE_SUM_F32_H
/* y = the sum of x over the reduced axes. */

#include "lib/runtime/reduce_f32.h"

typedef tinyc_reduce_f32_params tinyc_reduce_sum_f32_params;

TINYC_INLINE float tinyc_reduce_sum_add_f32(float state, float x) { return state + x; }

TINYC_KERNEL void tinyc_reduce_sum_f32(const tinyc_reduce_sum_f32_params *p, const float *x, float *y) {
  tinyc_reduce_f32(p, x, y, 0.0f, tinyc_reduce_sum_add_f32, tinyc_finish_as_is_f32);
}

#endif
