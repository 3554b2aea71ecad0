#ifndef TINYC_RUNTIME_TOP_K_F32_H
#define TINYC_RUNTIME_TOP_K_F32_H
/* The k largest, or smallest, elements of x[o][..][i], best first, and where they are; of equal ones the earlier first.
 * Each is the best of those that come after the one before it: k runs over x, no memory. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer, size, inner;
  int32_t k, largest;
} tinyc_top_k_f32_params;

/* Whether element i of value a comes before element j of value b. */
TINYC_INLINE int tinyc_top_k_before_f32(int32_t largest, float a, int32_t i, float b, int32_t j) {
  return (largest ? a > b : a < b) || (a == b && i < j);
}

TINYC_KERNEL void tinyc_top_k_f32(const tinyc_top_k_f32_params *p, const float *x, float *values, int64_t *indices) {
  int32_t o, i, j, n;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      const int32_t first = o * p->size * p->inner + i;
      float last_value = 0;
      int32_t last = -1;
      for (n = 0; n < p->k; ++n) {
        const int32_t to = (o * p->k + n) * p->inner + i;
        float best_value = 0;
        int32_t best = -1;
        for (j = 0; j < p->size; ++j) {
          const float next = x[first + j * p->inner];
          if (last >= 0 && !tinyc_top_k_before_f32(p->largest, last_value, last, next, j)) continue;
          if (best >= 0 && !tinyc_top_k_before_f32(p->largest, next, j, best_value, best)) continue;
          best = j;
          best_value = next;
        }
        if (best < 0) best = 0; /* only NaNs are left */
        values[to] = x[first + best * p->inner];
        indices[to] = best;
        last = best;
        last_value = best_value;
      }
    }
  }
}

#endif
