#ifndef TINYC_RUNTIME_COPY_CONSTANT_BYTES_H
#define TINYC_RUNTIME_COPY_CONSTANT_BYTES_H
/* Rows of a constant table to places in a tensor. Elements of any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t rows, row_bytes;
  int32_t out_offset, out_step; /* bytes: of the first row, from row to row */
  const void *constant;
} tinyc_copy_constant_bytes_params;

TINYC_KERNEL void tinyc_copy_constant_bytes(const tinyc_copy_constant_bytes_params *p, void *y) {
  const int8_t *from = (const int8_t *)p->constant;
  int8_t *to = (int8_t *)y + p->out_offset;
  int32_t row;
  for (row = p->rows; row > 0; --row, from += p->row_bytes, to += p->out_step) memcpy(to, from, (size_t)p->row_bytes);
}

#endif
