#ifndef TINYC_RUNTIME_REDUCE_MEAN_S8_H
#define TINYC_RUNTIME_REDUCE_MEAN_S8_H
/* The mean, or the sum, over two axes of five: x[kept0][reduced0][kept1][reduced1][kept2];
 * y = clamp(requantize(sum - count * in_zero_point)). */

#include "lib/runtime/requantize.h"
#include "lib/runtime/sums.h"

typedef struct {
  int32_t kept0, reduced0, kept1, reduced1, kept2;
  int32_t zeros; /* count * in_zero_point */
  int32_t multiplier, left_shift, zero_point, clamp_low, clamp_high;
} tinyc_reduce_mean_s8_params;

TINYC_KERNEL void tinyc_reduce_mean_s8(const tinyc_reduce_mean_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                       int8_t *TINYC_RESTRICT output) {
  const tinyc_multiplier by = tinyc_split_multiplier(p->multiplier);
  const int32_t left_shift = p->left_shift, zero_point = p->zero_point, zeros = p->zeros;
  const int32_t low = p->clamp_low, high = p->clamp_high;
  const int32_t inner = p->kept2, block = p->reduced1 * inner, row_step = p->kept1 * block;
  int32_t i, j, k;
#define TINYC_STORE(to, sum) \
  (to) = tinyc_clamp_s8(tinyc_requantize_split((sum)-zeros, by, left_shift, zero_point), low, high)
  for (i = 0; i < p->kept0; ++i, input += p->reduced0 * row_step) {
    const int8_t *x = input;
    for (j = 0; j < p->kept1; ++j, x += block, output += inner) {
      for (k = 0; k + 4 <= inner; k += 4) {
        const tinyc_sums sums = tinyc_sum_4(x + k, p->reduced0, p->reduced1, row_step, inner);
        TINYC_STORE(output[k], sums.a0);
        TINYC_STORE(output[k + 1], sums.a1);
        TINYC_STORE(output[k + 2], sums.a2);
        TINYC_STORE(output[k + 3], sums.a3);
      }
      for (; k < inner; ++k) TINYC_STORE(output[k], tinyc_sum_1(x + k, p->reduced0, p->reduced1, row_step, inner));
    }
  }
#undef TINYC_STORE
}

#endif
