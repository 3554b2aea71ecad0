#ifndef TINYC_RUNTIME_REDUCE_LOG_SUM_EXP_F32_H
#define TINYC_RUNTIME_REDUCE_LOG_SUM_EXP_F32_H
/* y = the logarithm of the sum of exp(x) over the reduced axes of x, relative to the largest x, so that it does not
 * overflow. y is dense. */

#include "lib/runtime/math_f32.h"
#include "lib/runtime/reduce_f32.h"

typedef tinyc_reduce_f32_params tinyc_reduce_log_sum_exp_f32_params;

TINYC_INLINE float tinyc_reduce_log_sum_exp_of_f32(const tinyc_reduce_f32_params *p, const float *x) {
  float largest = -HUGE_VALF, sum = 0.0f;
  int32_t i0, i1, i2, pass;
  for (pass = 0; pass < 2; ++pass) {
    for (i0 = 0; i0 < p->reduced0; ++i0) {
      for (i1 = 0; i1 < p->reduced1; ++i1) {
        const float *from = x + (i0 * p->reduced_step0 + i1 * p->reduced_step1);
        for (i2 = p->reduced2; i2 > 0; --i2, from += p->reduced_step2) {
          if (pass == 1) sum += *from == largest ? 1.0f : expf(*from - largest);
          else if (*from > largest) largest = *from;
        }
      }
    }
  }
  return largest + logf(sum);
}

TINYC_KERNEL void tinyc_reduce_log_sum_exp_f32(const tinyc_reduce_log_sum_exp_f32_params *p, const float *x, float *y) {
  tinyc_reduce_f32(p, x, y, tinyc_reduce_log_sum_exp_of_f32);
}

#endif
