#ifndef TINYC_RUNTIME_MATMUL_F32_H
#define TINYC_RUNTIME_MATMUL_F32_H
/* Products of matrices a [rows][depth] and b [depth][columns], one after the other. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t batches, rows, depth, columns;
  int32_t a_stride, b_stride; /* from one matrix to the next */
  const int32_t *a_of, *b_of; /* [batches]: where each matrix begins instead, or NULL */
  float clamp_low, clamp_high;
} tinyc_matmul_f32_params;

/* One row of the product, four columns at a time. */
TINYC_INLINE void tinyc_matmul_row_f32(const tinyc_matmul_f32_params *p, const float *a, const float *b, float *y) {
  const int32_t columns = p->columns;
  int32_t c = 0, k;
  for (; c + 4 <= columns; c += 4) {
    const float *at = b + c;
    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
    for (k = 0; k < p->depth; ++k, at += columns) {
      const float value = a[k];
      s0 = tinyc_madd_f32(value, at[0], s0);
      s1 = tinyc_madd_f32(value, at[1], s1);
      s2 = tinyc_madd_f32(value, at[2], s2);
      s3 = tinyc_madd_f32(value, at[3], s3);
    }
    y[c] = tinyc_clamp_f32(s0, p->clamp_low, p->clamp_high);
    y[c + 1] = tinyc_clamp_f32(s1, p->clamp_low, p->clamp_high);
    y[c + 2] = tinyc_clamp_f32(s2, p->clamp_low, p->clamp_high);
    y[c + 3] = tinyc_clamp_f32(s3, p->clamp_low, p->clamp_high);
  }
  for (; c < columns; ++c) {
    const float *at = b + c;
    float sum = 0.0f;
    for (k = 0; k < p->depth; ++k, at += columns) sum = tinyc_madd_f32(a[k], *at, sum);
    y[c] = tinyc_clamp_f32(sum, p->clamp_low, p->clamp_high);
  }
}

TINYC_KERNEL void tinyc_matmul_f32(const tinyc_matmul_f32_params *p, const float *TINYC_RESTRICT a,
                                   const float *TINYC_RESTRICT b, float *TINYC_RESTRICT y) {
  int32_t n, row;
  for (n = 0; n < p->batches; ++n) {
    const float *const left = a + (p->a_of != NULL ? p->a_of[n] : n * p->a_stride);
    const float *const right = b + (p->b_of != NULL ? p->b_of[n] : n * p->b_stride);
    for (row = 0; row < p->rows; ++row, y += p->columns) tinyc_matmul_row_f32(p, left + row * p->depth, right, y);
  }
}

#endif
