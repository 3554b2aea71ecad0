#ifndef TINYC_RUNTIME_MATMUL_S8_H
#define TINYC_RUNTIME_MATMUL_S8_H
/* Products of two computed matrices [rows][depth] and [depth][columns] for each index of two batch axes. */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t batches0, batches1, rows, depth, columns;
  int32_t a_stride0, a_stride1, b_stride0, b_stride1; /* elements from one matrix to the next; 0: the same */
  int32_t a_zero_point, b_zero_point;
  int32_t multiplier, left_shift, zero_point, clamp_low, clamp_high;
} tinyc_matmul_s8_params;

TINYC_KERNEL void tinyc_matmul_s8(const tinyc_matmul_s8_params *p, const int8_t *TINYC_RESTRICT a,
                                  const int8_t *TINYC_RESTRICT b, int8_t *TINYC_RESTRICT output) {
  const int32_t rows = p->rows, depth = p->depth, columns = p->columns;
  const int32_t za = p->a_zero_point, zb = p->b_zero_point;
  const int32_t left_shift = p->left_shift, zero_point = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const tinyc_multiplier by = tinyc_split_multiplier(p->multiplier);
  int32_t batch0, batch1, row, column, k;
  for (batch0 = 0; batch0 < p->batches0; ++batch0) {
    for (batch1 = 0; batch1 < p->batches1; ++batch1) {
      const int8_t *x = a + (batch0 * p->a_stride0 + batch1 * p->a_stride1);
      const int8_t *y = b + (batch0 * p->b_stride0 + batch1 * p->b_stride1);
      for (row = 0; row < rows; ++row, x += depth, output += columns) {
        for (column = 0; column < columns; column += 2) {
          const int32_t step = column + 1 < columns; /* a last odd column is computed twice */
          const int8_t *w = y + column;
          int32_t acc0 = 0, acc1 = 0;
          for (k = 0; k < depth; ++k, w += columns) {
            const int32_t u = x[k] - za;
            acc0 += u * (w[0] - zb);
            acc1 += u * (w[step] - zb);
          }
          output[column + step] =
              tinyc_clamp_s8(tinyc_requantize_split(acc1, by, left_shift, zero_point), low, high);
          output[column] = tinyc_clamp_s8(tinyc_requantize_split(acc0, by, left_shift, zero_point), low, high);
        }
      }
    }
  }
}

#endif
