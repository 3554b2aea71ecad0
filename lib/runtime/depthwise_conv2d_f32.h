#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_F32_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_F32_H
/* Convolution of NHWC input with one filter per channel. Taps outside of the input add nothing. */

#include "lib/runtime/common_f32.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  float clamp_low, clamp_high;
} tinyc_depthwise_conv2d_f32_params;

/* x [batches][in_height][in_width][channels], weights [channels][kernel_height][kernel_width], bias [channels] or NULL,
 * y [batches][out_height][out_width][channels] */
TINYC_KERNEL void tinyc_depthwise_conv2d_f32(const tinyc_depthwise_conv2d_f32_params *p, const float *TINYC_RESTRICT x,
                                             const float *TINYC_RESTRICT weights, const float *TINYC_RESTRICT bias,
                                             float *TINYC_RESTRICT y) {
  const int32_t channels = p->channels, taps = p->kernel_height * p->kernel_width, in_row = p->in_width * channels;
  int32_t n, oy, ox, c, i, j;
  for (n = 0; n < p->batches; ++n, x += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      for (ox = 0; ox < p->out_width; ++ox, y += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const int32_t first = (top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels;
        for (c = 0; c < channels; ++c) {
          const float *row = x + first + c, *w = weights + c * taps + ky.first * p->kernel_width;
          float sum = 0.0f;
          for (i = ky.first; i < ky.last; ++i, row += p->dilation_y * in_row, w += p->kernel_width) {
            const float *at = row;
            for (j = kx.first; j < kx.last; ++j, at += p->dilation_x * channels) sum = tinyc_madd_f32(w[j], *at, sum);
          }
          if (bias != NULL) sum += bias[c];
          y[c] = tinyc_clamp_f32(sum, p->clamp_low, p->clamp_high);
        }
      }
    }
  }
}

#endif
