#ifndef TINYC_RUNTIME_FULLY_CONNECTED_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_S8_H
/* Fully connected layer of one input vector. */

#include "lib/runtime/dense_s8.h"

typedef struct {
  int32_t inputs, outputs;
  const int8_t *weights;     /* [outputs][inputs] */
  const int32_t *bias;       /* [outputs], less the input's zero point times the output's weights */
  const int32_t *multiplier; /* [outputs] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_fully_connected_s8_params;

TINYC_KERNEL void tinyc_fully_connected_s8(const tinyc_fully_connected_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                           int8_t *TINYC_RESTRICT output) {
  const tinyc_dense dense = {p->inputs,     p->outputs,    p->weights,   p->bias,      p->multiplier,
                             p->left_shift, p->zero_point, p->clamp_low, p->clamp_high};
  tinyc_dense_1_s8(&dense, input, output);
}

#endif
