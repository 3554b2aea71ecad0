#ifndef TINYC_RUNTIME_FULLY_CONNECTED_F32_H
#define TINYC_RUNTIME_FULLY_CONNECTED_F32_H
/* y[row] = clamp(weights . x[row] + bias) for each row of x. */

#include "lib/runtime/dense_f32.h"

typedef struct {
  int32_t rows, inputs, outputs;
  float clamp_low, clamp_high;
} tinyc_fully_connected_f32_params;

/* x [rows][inputs], weights [outputs][inputs], bias [outputs] or NULL, y [rows][outputs] */
TINYC_KERNEL void tinyc_fully_connected_f32(const tinyc_fully_connected_f32_params *p, const float *TINYC_RESTRICT x,
                                            const float *TINYC_RESTRICT weights, const float *TINYC_RESTRICT bias,
                                            float *TINYC_RESTRICT y) {
  const tinyc_dense_f32 dense = {p->inputs, p->outputs, weights, bias, p->clamp_low, p->clamp_high};
  int32_t row = 0;
  for (; row + 2 <= p->rows; row += 2, x += 2 * p->inputs, y += 2 * p->outputs) tinyc_dense_2_f32(&dense, x, y, p->outputs);
  if (row < p->rows) tinyc_dense_1_f32(&dense, x, y);
}

#endif
