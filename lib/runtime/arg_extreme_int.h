#ifndef TINYC_RUNTIME_ARG_EXTREME_INT_H
#define TINYC_RUNTIME_ARG_EXTREME_INT_H
/* y[o][i] = where x[o][..][i] of integers is largest, or smallest: the first of several, or the last. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t outer, size, inner, type;
  int32_t largest, last;
} tinyc_arg_extreme_int_params;

TINYC_KERNEL void tinyc_arg_extreme_int(const tinyc_arg_extreme_int_params *p, const void *x, int64_t *y) {
  int32_t o, i, j;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      const int32_t first = o * p->size * p->inner + i;
      int64_t best = tinyc_integer_order(tinyc_load_integer(x, p->type, first), p->type);
      int32_t at = 0;
      for (j = 1; j < p->size; ++j) {
        const int64_t next = tinyc_integer_order(tinyc_load_integer(x, p->type, first + j * p->inner), p->type);
        if (p->largest ? next > best : next < best) {
          best = next;
          at = j;
        } else if (next == best && p->last) {
          at = j;
        }
      }
      *y++ = at;
    }
  }
}

#endif
