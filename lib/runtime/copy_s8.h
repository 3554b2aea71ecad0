#ifndef TINYC_RUNTIME_COPY_S8_H
#define TINYC_RUNTIME_COPY_S8_H
/* Rows from one place to another: one operand of a concatenation, a slice along one axis. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t rows, row_bytes;
  int32_t in_offset, in_step; /* bytes: of the first row, from row to row */
  int32_t out_offset, out_step;
} tinyc_copy_s8_params;

TINYC_KERNEL void tinyc_copy_s8(const tinyc_copy_s8_params *p, const int8_t *TINYC_RESTRICT x,
                                int8_t *TINYC_RESTRICT y) {
  int32_t row;
  x += p->in_offset;
  y += p->out_offset;
  for (row = p->rows; row > 0; --row, x += p->in_step, y += p->out_step) memcpy(y, x, (size_t)p->row_bytes);
}

#endif
