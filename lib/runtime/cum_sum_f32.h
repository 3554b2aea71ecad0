#ifndef TINYC_RUNTIME_CUM_SUM_F32_H
#define TINYC_RUNTIME_CUM_SUM_F32_H
/* y[o][..][i] = the running sums of x[o][..][i], with the element itself or without. y may be x. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer, size, inner;
  int32_t exclusive, reverse;
} tinyc_cum_sum_f32_params;

TINYC_KERNEL void tinyc_cum_sum_f32(const tinyc_cum_sum_f32_params *p, const float *x, float *y) {
  int32_t o, i, n;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      float sum = 0.0f;
      for (n = 0; n < p->size; ++n) {
        const int32_t at = (o * p->size + (p->reverse ? p->size - 1 - n : n)) * p->inner + i;
        const float next = sum + x[at];
        y[at] = p->exclusive ? sum : next;
        sum = next;
      }
    }
  }
}

#endif
