#ifndef TINYC_RUNTIME_CONV2D_1X1_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_S8_H
/* Pointwise convolution: at every pixel, output channels = weights times input channels. */

#include "lib/runtime/dense_s8.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int8_t *weights;     /* [out_channels][in_channels] */
  const int32_t *bias;       /* [out_channels], less the input's zero point times the channel's weights */
  const int32_t *multiplier; /* [out_channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_conv2d_1x1_s8_params;

TINYC_KERNEL void tinyc_conv2d_1x1_s8(const tinyc_conv2d_1x1_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                      int8_t *TINYC_RESTRICT output) {
  const tinyc_dense dense = {p->in_channels, p->out_channels, p->weights,   p->bias,      p->multiplier,
                             p->left_shift,  p->zero_point,   p->clamp_low, p->clamp_high};
  int32_t i = p->pixels;
  for (; i >= 2; i -= 2, input += 2 * dense.depth, output += 2 * dense.channels)
    tinyc_dense_2_s8(&dense, input, output, dense.channels);
  if (i > 0) tinyc_dense_1_s8(&dense, input, output);
}

#endif
