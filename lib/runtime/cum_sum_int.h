#ifndef TINYC_RUNTIME_CUM_SUM_INT_H
#define TINYC_RUNTIME_CUM_SUM_INT_H
/* y[o][..][i] = the running sums of integers of x[o][..][i], with the element itself or without. y may be x. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t outer, size, inner, type;
  int32_t exclusive, reverse;
} tinyc_cum_sum_int_params;

TINYC_KERNEL void tinyc_cum_sum_int(const tinyc_cum_sum_int_params *p, const void *x, void *y) {
  int32_t o, i, n;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      int64_t sum = 0;
      for (n = 0; n < p->size; ++n) {
        const int32_t at = (o * p->size + (p->reverse ? p->size - 1 - n : n)) * p->inner + i;
        const int64_t next = (int64_t)((uint64_t)sum + (uint64_t)tinyc_load_integer(x, p->type, at));
        tinyc_store_integer(y, p->type, at, p->exclusive ? sum : next);
        sum = next;
      }
    }
  }
}

#endif
