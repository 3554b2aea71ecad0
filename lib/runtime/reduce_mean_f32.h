#ifndef TINYC_RUNTIME_REDUCE_MEAN_F32_H
#define TINYC_RUNTIME_REDUCE_MEAN_F32_H
/* y = the mean of x over the reduced axes. */

#include "lib/runtime/reduce_f32.h"

typedef tinyc_reduce_f32_params tinyc_reduce_mean_f32_params;

TINYC_INLINE float tinyc_reduce_mean_add_f32(float state, float x) { return state + x; }
TINYC_INLINE float tinyc_reduce_mean_finish_f32(float state, float count) { return state / count; }

TINYC_KERNEL void tinyc_reduce_mean_f32(const tinyc_reduce_mean_f32_params *p, const float *x, float *y) {
  tinyc_reduce_f32(p, x, y, 0.0f, tinyc_reduce_mean_add_f32, tinyc_reduce_mean_finish_f32);
}

#endif
