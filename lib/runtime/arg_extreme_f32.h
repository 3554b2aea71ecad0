#ifndef TINYC_RUNTIME_ARG_EXTREME_F32_H
#define TINYC_RUNTIME_ARG_EXTREME_F32_H
/* y[o][i] = where x[o][..][i] is largest, or smallest: the first of several, or the last. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer, size, inner;
  int32_t largest, last;
} tinyc_arg_extreme_f32_params;

TINYC_KERNEL void tinyc_arg_extreme_f32(const tinyc_arg_extreme_f32_params *p, const float *x, int64_t *y) {
  int32_t o, i, j;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      const int32_t first = o * p->size * p->inner + i;
      float best = x[first];
      int32_t at = 0;
      for (j = 1; j < p->size; ++j) {
        const float next = x[first + j * p->inner];
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
