#ifndef TINYC_RUNTIME_CONV2D_F32_H
#define TINYC_RUNTIME_CONV2D_F32_H
/* Convolution of NHWC input: groups, strides, dilations, padding. The windows of two pixels at a time are gathered into
 * `scratch` (2 * kernel_height * kernel_width * group_in_channels floats), padding as zeros. */

#include "lib/runtime/dense_f32.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t group_in_channels, group_out_channels;
  float clamp_low, clamp_high;
} tinyc_conv2d_f32_params;

TINYC_INLINE float *tinyc_append_floats(float *to, const float *from, int32_t count) {
  for (; count > 0; --count) *to++ = *from++;
  return to;
}

TINYC_INLINE float *tinyc_append_zeros(float *to, int32_t count) {
  for (; count > 0; --count) *to++ = 0.0f;
  return to;
}

/* Writes the window whose first tap is at (top, left) of one group, rows `ky` of which are inside; returns its end. */
TINYC_NOINLINE float *tinyc_conv2d_gather_f32(const tinyc_conv2d_f32_params *p, const float *input, int32_t top,
                                              int32_t left, tinyc_range ky, float *to) {
  const int32_t depth = p->group_in_channels, row = p->kernel_width * depth;
  const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
  int32_t y, x;
  to = tinyc_append_zeros(to, ky.first * row);
  for (y = ky.first; y < ky.last; ++y) {
    const float *from =
        input + ((top + y * p->dilation_y) * p->in_width + left + kx.first * p->dilation_x) * p->in_channels;
    to = tinyc_append_zeros(to, kx.first * depth);
    for (x = kx.first; x < kx.last; ++x, from += p->dilation_x * p->in_channels) to = tinyc_append_floats(to, from, depth);
    to = tinyc_append_zeros(to, (p->kernel_width - kx.last) * depth);
  }
  return tinyc_append_zeros(to, (p->kernel_height - ky.last) * row);
}

/* One group of one sample; y points to its first channel. */
TINYC_INLINE void tinyc_conv2d_group_f32(const tinyc_conv2d_f32_params *p, const tinyc_dense_f32 *dense,
                                         const float *input, float *y, float *window) {
  int32_t oy, ox;
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
    int32_t left = -p->pad_left;
    for (ox = p->out_width; ox >= 2; ox -= 2, left += 2 * p->stride_x, y += 2 * p->out_channels) {
      float *const second = tinyc_conv2d_gather_f32(p, input, top, left, ky, window);
      tinyc_conv2d_gather_f32(p, input, top, left + p->stride_x, ky, second);
      tinyc_dense_2_f32(dense, window, y, p->out_channels);
    }
    if (ox == 1) {
      tinyc_conv2d_gather_f32(p, input, top, left, ky, window);
      tinyc_dense_1_f32(dense, window, y);
      y += p->out_channels;
    }
  }
}

/* x [batches][in_height][in_width][in_channels], weights [out_channels][kernel_height][kernel_width][group_in_channels],
 * bias [out_channels] or NULL, y [batches][out_height][out_width][out_channels] */
TINYC_KERNEL void tinyc_conv2d_f32(const tinyc_conv2d_f32_params *p, const float *TINYC_RESTRICT x,
                                   const float *TINYC_RESTRICT weights, const float *TINYC_RESTRICT bias,
                                   float *TINYC_RESTRICT y, void *TINYC_RESTRICT scratch) {
  tinyc_dense_f32 dense;
  int32_t n, c;
  dense.depth = p->kernel_height * p->kernel_width * p->group_in_channels;
  dense.channels = p->group_out_channels;
  dense.clamp_low = p->clamp_low;
  dense.clamp_high = p->clamp_high;
  for (n = 0; n < p->batches; ++n) {
    const float *input = x;
    dense.weights = weights;
    dense.bias = bias;
    for (c = 0; c < p->out_channels; c += dense.channels) {
      tinyc_conv2d_group_f32(p, &dense, input, y + c, (float *)scratch);
      input += p->group_in_channels;
      dense.weights += dense.channels * dense.depth;
      if (bias != NULL) dense.bias += dense.channels;
    }
    x += p->in_height * p->in_width * p->in_channels;
    y += p->out_height * p->out_width * p->out_channels;
  }
}

#endif
