#ifndef TINYC_RUNTIME_TRILU_BYTES_H
#define TINYC_RUNTIME_TRILU_BYTES_H
/* Of each matrix the elements from diagonal k on (upper), or up to it; the others are 0. Elements of any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t matrices, rows, columns, element_bytes;
  int32_t upper, k; /* -rows <= k <= columns */
} tinyc_trilu_bytes_params;

TINYC_KERNEL void tinyc_trilu_bytes(const tinyc_trilu_bytes_params *p, const void *TINYC_RESTRICT x,
                                    void *TINYC_RESTRICT y) {
  const int32_t row_bytes = p->columns * p->element_bytes;
  const int8_t *from = (const int8_t *)x;
  int8_t *to = (int8_t *)y;
  int32_t matrix, row;
  for (matrix = 0; matrix < p->matrices; ++matrix) {
    for (row = 0; row < p->rows; ++row, from += row_bytes, to += row_bytes) {
      const int32_t diagonal = row + p->k + (p->upper ? 0 : 1);
      const int32_t split = tinyc_min_i32(tinyc_max_i32(diagonal, 0), p->columns) * p->element_bytes;
      const int32_t first = p->upper ? split : 0, last = p->upper ? row_bytes : split;
      memset(to, 0, (size_t)row_bytes);
      memcpy(to + first, from + first, (size_t)(last - first));
    }
  }
}

#endif
