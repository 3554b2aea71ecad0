#ifndef TINYC_RUNTIME_CONV2D_DECODED_S8_H
#define TINYC_RUNTIME_CONV2D_DECODED_S8_H
/* Convolution of one group like conv2d_s8.h, with weights as decode_weights_s8.h stores them. */

#include "lib/runtime/conv2d_s8.h"
#include "lib/runtime/decode_weights_s8.h"

typedef tinyc_conv2d_s8_params tinyc_conv2d_decoded_s8_params;

/* scratch: two windows, then the weights of as many channels as are decoded at a time. */
TINYC_KERNEL void tinyc_conv2d_decoded_s8(const tinyc_conv2d_decoded_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                          int8_t *TINYC_RESTRICT output, void *TINYC_RESTRICT scratch) {
  const int32_t depth = p->kernel_height * p->kernel_width * p->in_channels;
  int8_t *const decoded = (int8_t *)scratch + 2 * depth;
  tinyc_dense dense = {depth,         p->weights[1], decoded,      p->bias,      p->multiplier,
                       p->left_shift, p->zero_point, p->clamp_low, p->clamp_high};
  const int8_t *from = p->weights + 2;
  int32_t left;
  for (left = p->out_channels; left > 0; left -= dense.channels) {
    dense.channels = tinyc_min_i32(dense.channels, left);
    from = tinyc_decode_weights(from, p->weights[0], dense.channels, depth, decoded);
    tinyc_conv2d_channels(p, &dense, input, output, (int8_t *)scratch);
    output += dense.channels;
    dense.bias += dense.channels;
    dense.multiplier += dense.channels;
  }
}

#endif
