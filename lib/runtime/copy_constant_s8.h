#ifndef TINYC_RUNTIME_COPY_CONSTANT_S8_H
#define TINYC_RUNTIME_COPY_CONSTANT_S8_H
/* Rows of a constant table to places in a tensor. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t rows, row_bytes;
  int32_t out_offset, out_step; /* bytes: of the first row, from row to row */
  const int8_t *constant;
} tinyc_copy_constant_s8_params;

TINYC_KERNEL void tinyc_copy_constant_s8(const tinyc_copy_constant_s8_params *p, int8_t *y) {
  const int8_t *x = p->constant;
  int32_t row;
  y += p->out_offset;
  for (row = p->rows; row > 0; --row, x += p->row_bytes, y += p->out_step) memcpy(y, x, (size_t)p->row_bytes);
}

#endif
