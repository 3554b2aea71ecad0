#ifndef TINYC_RUNTIME_CONV2D_1X1_DECODED_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_DECODED_S8_H
/* Pointwise convolution like conv2d_1x1_s8.h, with weights as decode_weights_s8.h stores them. */

#include "lib/runtime/conv2d_1x1_s8.h"
#include "lib/runtime/decode_weights_s8.h"

typedef tinyc_conv2d_1x1_s8_params tinyc_conv2d_1x1_decoded_s8_params;

/* scratch: the weights of as many channels as are decoded at a time. */
TINYC_KERNEL void tinyc_conv2d_1x1_decoded_s8(const tinyc_conv2d_1x1_decoded_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                              int8_t *TINYC_RESTRICT output, void *TINYC_RESTRICT scratch) {
  tinyc_dense dense = {p->in_channels, p->weights[1], (const int8_t *)scratch, p->bias,      p->multiplier,
                       p->left_shift,  p->zero_point, p->clamp_low,            p->clamp_high};
  const int8_t *from = p->weights + 2;
  int32_t left, i;
  for (left = p->out_channels; left > 0; left -= dense.channels) {
    const int8_t *x = input;
    int8_t *y = output;
    dense.channels = tinyc_min_i32(dense.channels, left);
    from = tinyc_decode_weights(from, p->weights[0], dense.channels, dense.depth, (int8_t *)scratch);
    for (i = p->pixels; i >= 2; i -= 2, x += 2 * dense.depth, y += 2 * p->out_channels)
      tinyc_dense_2_s8(&dense, x, y, p->out_channels);
    if (i > 0) tinyc_dense_1_s8(&dense, x, y);
    output += dense.channels;
    dense.bias += dense.channels;
    dense.multiplier += dense.channels;
  }
}

#endif
