#ifndef TINYC_RUNTIME_ARG_EXTREME_S8_H
#define TINYC_RUNTIME_ARG_EXTREME_S8_H
/* The index along the middle axis of [outer, size, inner] of the largest, or with flip = -1 the smallest, element; of
 * equal ones the first or, with last = 1, the last. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer;
  int32_t size;
  int32_t inner;
  int32_t flip; /* 0 or -1 */
  int32_t last; /* 0 or 1 */
} tinyc_arg_extreme_s8_params;

TINYC_KERNEL void tinyc_arg_extreme_s8(const tinyc_arg_extreme_s8_params *p, const int8_t *x, int64_t *y) {
  const int32_t size = p->size, step = p->inner, flip = p->flip, last = p->last;
  int32_t outer, inner, i;
  for (outer = 0; outer < p->outer; ++outer, x += (size - 1) * step) {
    for (inner = 0; inner < step; ++inner, ++x, ++y) {
      int32_t best = *x ^ flip, at = 0;
      for (i = 1; i < size; ++i) {
        const int32_t value = x[i * step] ^ flip;
        if (value >= best + 1 - last) {
          best = value;
          at = i;
        }
      }
      *y = at;
    }
  }
}

#endif
