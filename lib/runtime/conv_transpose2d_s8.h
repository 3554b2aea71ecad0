#ifndef TINYC_RUNTIME_CONV_TRANSPOSE2D_S8_H
#define TINYC_RUNTIME_CONV_TRANSPOSE2D_S8_H
/* Transposed convolution, NHWC: tap k of input position i adds to output position i * stride - pad + k * dilation. */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x;
  int32_t pad_top, pad_left;
  int32_t groups;
  int32_t in_zero_point;
  const int8_t *weights; /* [out_channels, kernel_height, kernel_width, in_channels / groups] */
  const int32_t *bias;
  const int32_t *multiplier;
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_conv_transpose2d_s8_params;

/* The input position that tap `tap` of output position `at` reads, or -1. */
TINYC_INLINE int32_t tinyc_transposed_position(int32_t at, int32_t stride, int32_t size) {
  return at < 0 || at % stride != 0 || at / stride >= size ? -1 : at / stride;
}

TINYC_KERNEL void tinyc_conv_transpose2d_s8(const tinyc_conv_transpose2d_s8_params *p, const int8_t *x, int8_t *y) {
  const int32_t group_channels = p->in_channels / p->groups, group_outputs = p->out_channels / p->groups;
  int32_t oy, ox, o, ky, kx, c;
  for (oy = 0; oy < p->out_height; oy++)
    for (ox = 0; ox < p->out_width; ox++)
      for (o = 0; o < p->out_channels; o++) {
        const int8_t *w = p->weights + (ptrdiff_t)o * p->kernel_height * p->kernel_width * group_channels;
        int32_t acc = p->bias[o];
        for (ky = 0; ky < p->kernel_height; ky++) {
          const int32_t iy = tinyc_transposed_position(oy + p->pad_top - ky * p->dilation_y, p->stride_y, p->in_height);
          for (kx = 0; kx < p->kernel_width; kx++, w += group_channels) {
            const int32_t ix = tinyc_transposed_position(ox + p->pad_left - kx * p->dilation_x, p->stride_x, p->in_width);
            const int8_t *from;
            if (iy < 0 || ix < 0) continue;
            from = x + ((ptrdiff_t)iy * p->in_width + ix) * p->in_channels + o / group_outputs * group_channels;
            for (c = 0; c < group_channels; c++) acc += (from[c] - p->in_zero_point) * w[c];
          }
        }
        *y++ = tinyc_clamp_s8(tinyc_requantize(acc, p->multiplier[o], p->left_shift, p->zero_point), p->clamp_low,
                              p->clamp_high);
      }
}

#endif
