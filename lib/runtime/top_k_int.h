#ifndef TINYC_RUNTIME_TOP_K_INT_H
#define TINYC_RUNTIME_TOP_K_INT_H
/* The k largest, or smallest, integers of x[o][..][i], best first, and where they are; of equal ones the earlier first.
 * Each is the best of those that come after the one before it: k runs over x, no memory. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t outer, size, inner, type;
  int32_t k, largest;
} tinyc_top_k_int_params;

TINYC_KERNEL int64_t tinyc_top_k_order(const tinyc_top_k_int_params *p, const void *x, int32_t i) {
  return tinyc_integer_order(tinyc_load_integer(x, p->type, i), p->type);
}

/* Whether element i of value a comes before element j of value b. */
TINYC_INLINE int tinyc_top_k_before_int(int32_t largest, int64_t a, int32_t i, int64_t b, int32_t j) {
  return (largest ? a > b : a < b) || (a == b && i < j);
}

TINYC_KERNEL void tinyc_top_k_int(const tinyc_top_k_int_params *p, const void *x, void *values, int64_t *indices) {
  int32_t o, i, j, n;
  for (o = 0; o < p->outer; ++o) {
    for (i = 0; i < p->inner; ++i) {
      const int32_t first = o * p->size * p->inner + i;
      int64_t last_value = 0;
      int32_t last = -1;
      for (n = 0; n < p->k; ++n) {
        const int32_t to = (o * p->k + n) * p->inner + i;
        int64_t best_value = 0;
        int32_t best = -1;
        for (j = 0; j < p->size; ++j) {
          const int64_t next = tinyc_top_k_order(p, x, first + j * p->inner);
          if (last >= 0 && !tinyc_top_k_before_int(p->largest, last_value, last, next, j)) continue;
          if (best >= 0 && !tinyc_top_k_before_int(p->largest, next, j, best_value, best)) continue;
          best = j;
          best_value = next;
        }
        if (best < 0) best = 0; /* only NaNs are left */
        tinyc_store_integer(values, p->type, to, tinyc_load_integer(x, p->type, first + best * p->inner));
        indices[to] = best;
        last = best;
        last_value = best_value;
      }
    }
  }
}

#endif
