#ifndef TINYC_RUNTIME_SOFTMAX_S8_H
#define TINYC_RUNTIME_SOFTMAX_S8_H
/* Softmax along the middle axis of [outer, size, inner]:
 *   y = min(127, (256 * e[d] + sum / 2) / sum - 128), d = max(x) - x,
 * where sum adds e[d] along the axis and fits 32 bits, and e[0] <= 2^23. y may be x. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer;
  int32_t size;
  int32_t inner;
  int32_t table_size; /* e[d] = 0 from here on */
  const uint32_t *table;
} tinyc_softmax_s8_params;

TINYC_KERNEL void tinyc_softmax_s8(const tinyc_softmax_s8_params *p, const int8_t *x, int8_t *y) {
  const uint32_t *table = p->table;
  const int32_t size = p->size, step = p->inner, table_size = p->table_size;
  int32_t outer, inner, i;
  for (outer = 0; outer < p->outer; ++outer, x += (size - 1) * step, y += (size - 1) * step) {
    for (inner = 0; inner < step; ++inner, ++x, ++y) {
      int32_t largest = -128;
      uint32_t sum = 0;
      for (i = 0; i < size; ++i) largest = tinyc_max_i32(largest, x[i * step]);
      for (i = 0; i < size; ++i) {
        const int32_t d = largest - x[i * step];
        if (d < table_size) sum += table[d];
      }
      for (i = 0; i < size; ++i) {
        const int32_t d = largest - x[i * step];
        const uint32_t e = d < table_size ? table[d] : 0u;
        const uint32_t share = e == 0u ? 0u : (e * 256u + sum / 2u) / sum;
        y[i * step] = (int8_t)tinyc_min_i32((int32_t)share - 128, 127);
      }
    }
  }
}

#endif
