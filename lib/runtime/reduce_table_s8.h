#ifndef TINYC_RUNTIME_REDUCE_TABLE_S8_H
#define TINYC_RUNTIME_REDUCE_TABLE_S8_H
/* A rising function of the sum of map[x + 128] over the reduced loops, for each of the kept ones; y is dense. No sum
 * overflows. */

#include "lib/runtime/steps.h"

typedef struct {
  int32_t kept0, kept1, kept2; /* outermost first */
  int32_t kept_step0, kept_step1, kept_step2;
  int32_t reduced0, reduced1, reduced2;
  int32_t reduced_step0, reduced_step1, reduced_step2;
  const int32_t *map;        /* 256 */
  const int32_t *thresholds; /* 255 */
} tinyc_reduce_table_s8_params;

TINYC_INLINE int32_t tinyc_mapped_sum_s8(const tinyc_reduce_table_s8_params *p, const int8_t *x) {
  const int32_t *map = p->map + 128;
  int32_t sum = 0, i, j, k;
  for (i = 0; i < p->reduced0; ++i) {
    for (j = 0; j < p->reduced1; ++j) {
      const int8_t *from = x + (i * p->reduced_step0 + j * p->reduced_step1);
      for (k = 0; k < p->reduced2; ++k, from += p->reduced_step2) sum += map[*from];
    }
  }
  return sum;
}

TINYC_KERNEL void tinyc_reduce_table_s8(const tinyc_reduce_table_s8_params *p, const int8_t *TINYC_RESTRICT x,
                                        int8_t *TINYC_RESTRICT y) {
  int32_t i, j, k;
  for (i = 0; i < p->kept0; ++i)
    for (j = 0; j < p->kept1; ++j)
      for (k = 0; k < p->kept2; ++k)
        *y++ = tinyc_steps_s8(
            p->thresholds,
            tinyc_mapped_sum_s8(p, x + (i * p->kept_step0 + j * p->kept_step1 + k * p->kept_step2)));
}

#endif
