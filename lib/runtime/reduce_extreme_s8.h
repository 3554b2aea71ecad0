#ifndef TINYC_RUNTIME_REDUCE_EXTREME_S8_H
#define TINYC_RUNTIME_REDUCE_EXTREME_S8_H
/* The maximum, or with flip = -1 the minimum, over the reduced loops for each of the kept ones; y is dense. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t kept0, kept1, kept2; /* outermost first */
  int32_t kept_step0, kept_step1, kept_step2;
  int32_t reduced0, reduced1, reduced2;
  int32_t reduced_step0, reduced_step1, reduced_step2;
  int32_t flip; /* 0 or -1 */
} tinyc_reduce_extreme_s8_params;

TINYC_INLINE int32_t tinyc_extreme_of_s8(const tinyc_reduce_extreme_s8_params *p, const int8_t *x) {
  const int32_t flip = p->flip;
  int32_t largest = -128, i, j, k;
  for (i = 0; i < p->reduced0; ++i) {
    for (j = 0; j < p->reduced1; ++j) {
      const int8_t *from = x + (i * p->reduced_step0 + j * p->reduced_step1);
      for (k = 0; k < p->reduced2; ++k, from += p->reduced_step2) largest = tinyc_max_i32(largest, *from ^ flip);
    }
  }
  return largest ^ flip;
}

TINYC_KERNEL void tinyc_reduce_extreme_s8(const tinyc_reduce_extreme_s8_params *p, const int8_t *TINYC_RESTRICT x,
                                          int8_t *TINYC_RESTRICT y) {
  int32_t i, j, k;
  for (i = 0; i < p->kept0; ++i)
    for (j = 0; j < p->kept1; ++j)
      for (k = 0; k < p->kept2; ++k)
        *y++ = (int8_t)tinyc_extreme_of_s8(p, x + (i * p->kept_step0 + j * p->kept_step1 + k * p->kept_step2));
}

#endif
