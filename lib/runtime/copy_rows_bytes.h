#ifndef TINYC_RUNTIME_COPY_ROWS_BYTES_H
#define TINYC_RUNTIME_COPY_ROWS_BYTES_H
/* Rows from one place to another: one operand of a concatenation, a slice along one axis. Elements of any
 * type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t rows, row_bytes;
  int32_t in_offset, in_step; /* bytes: of the first row, from row to row */
  int32_t out_offset, out_step;
} tinyc_copy_rows_bytes_params;

TINYC_KERNEL void tinyc_copy_rows_bytes(const tinyc_copy_rows_bytes_params *p, const void *TINYC_RESTRICT x,
                                        void *TINYC_RESTRICT y) {
  const int8_t *from = (const int8_t *)x + p->in_offset;
  int8_t *to = (int8_t *)y + p->out_offset;
  int32_t row;
  for (row = p->rows; row > 0; --row, from += p->in_step, to += p->out_step) memcpy(to, from, (size_t)p->row_bytes);
}

#endif
