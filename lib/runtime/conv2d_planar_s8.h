#ifndef TINYC_RUNTIME_CONV2D_PLANAR_S8_H
#define TINYC_RUNTIME_CONV2D_PLANAR_S8_H
/* Convolution of channel-planar input, as cameras and most models have it: the windows of two pixels at a time are gathered
 * into `scratch` (2 * in_channels * kernel_height * kernel_width bytes), padding as the zero point. */

#include "lib/runtime/dense_s8.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int8_t *weights;     /* [out_channels][in_channels][kernel_height][kernel_width] */
  const int32_t *bias;       /* [out_channels], less in_zero_point times the channel's weights */
  const int32_t *multiplier; /* [out_channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_conv2d_planar_s8_params;

/* Writes the window whose first tap is at (top, left), taps ky and kx of which are inside; returns its end. */
TINYC_NOINLINE int8_t *tinyc_conv2d_planar_gather(const tinyc_conv2d_planar_s8_params *p, const int8_t *input, int32_t top,
                                                  int32_t left, tinyc_range ky, int8_t *to) {
  const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, 1);
  const int32_t plane = p->in_height * p->in_width;
  int32_t channel, y, x;
  for (channel = p->in_channels; channel > 0; --channel, input += plane) {
    const int8_t *row = input + (top + ky.first) * p->in_width + left;
    for (y = 0; y < p->kernel_height; ++y) {
      const int32_t inside = y >= ky.first && y < ky.last;
      for (x = 0; x < p->kernel_width; ++x)
        *to++ = inside && x >= kx.first && x < kx.last ? row[x] : (int8_t)p->in_zero_point;
      if (inside) row += p->in_width;
    }
  }
  return to;
}

TINYC_KERNEL void tinyc_conv2d_planar_s8(const tinyc_conv2d_planar_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                         int8_t *TINYC_RESTRICT output, void *TINYC_RESTRICT scratch) {
  int8_t *const window = (int8_t *)scratch;
  const tinyc_dense dense = {p->in_channels * p->kernel_height * p->kernel_width,
                             p->out_channels,
                             p->weights,
                             p->bias,
                             p->multiplier,
                             p->left_shift,
                             p->zero_point,
                             p->clamp_low,
                             p->clamp_high};
  int32_t oy, ox;
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, 1);
    int32_t left = -p->pad_left;
    for (ox = p->out_width; ox > 1; ox -= 2, left += 2 * p->stride_x, output += 2 * p->out_channels) {
      int8_t *const second = tinyc_conv2d_planar_gather(p, input, top, left, ky, window);
      tinyc_conv2d_planar_gather(p, input, top, left + p->stride_x, ky, second);
      tinyc_dense_2_s8(&dense, window, output, p->out_channels);
    }
    if (ox == 1) {
      tinyc_conv2d_planar_gather(p, input, top, left, ky, window);
      tinyc_dense_1_s8(&dense, window, output);
      output += p->out_channels;
    }
  }
}

#endif
