#ifndef TINYC_RUNTIME_HARDMAX_F32_H
#define TINYC_RUNTIME_HARDMAX_F32_H
/* y[o][..][i] = 1 where x[o][..][i] is largest, the first of several, and 0 elsewhere. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer, size, inner;
} tinyc_hardmax_f32_params;

TINYC_KERNEL void tinyc_hardmax_f32(const tinyc_hardmax_f32_params *p, const float *x, float *y) {
  int32_t o, i, j;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      const int32_t first = o * p->size * p->inner + i;
      int32_t best = first;
      for (j = 0; j < p->size; ++j) {
        const int32_t at = first + j * p->inner;
        if (x[at] > x[best]) best = at;
        y[at] = 0.0f;
      }
      if (p->size > 0) y[best] = 1.0f;
    }
  }
}

#endif
