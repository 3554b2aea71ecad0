#ifndef TINYC_RUNTIME_CONV2D_S8_H
#define TINYC_RUNTIME_CONV2D_S8_H
/* Convolution of NHWC input, in general: groups, strides, dilations, padding. The windows of two pixels at a time are
 * gathered into `scratch` (2 * kernel_height * kernel_width * group_in_channels bytes), padding as the zero point. */

#include "lib/runtime/dense_s8.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t in_zero_point;
  int32_t group_in_channels, group_out_channels;
  const int8_t *weights;     /* [out_channels][kernel_height][kernel_width][group_in_channels] */
  const int32_t *bias;       /* [out_channels], less in_zero_point times the channel's weights */
  const int32_t *multiplier; /* [out_channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_conv2d_s8_params;

TINYC_INLINE int8_t *tinyc_append_bytes(int8_t *to, const int8_t *from, int32_t count) {
  for (; count >= 4; count -= 4, from += 4, to += 4) tinyc_store_u32(to, tinyc_load_u32(from));
  for (; count > 0; --count) *to++ = *from++;
  return to;
}

TINYC_INLINE int8_t *tinyc_append_value(int8_t *to, int32_t value, int32_t count) {
  for (; count > 0; --count) *to++ = (int8_t)value;
  return to;
}

/* Writes the window whose first tap is at (top, left) of one group, rows `ky` of which are inside; returns its end. */
TINYC_NOINLINE int8_t *tinyc_conv2d_gather(const tinyc_conv2d_s8_params *p, const int8_t *input, int32_t top,
                                           int32_t left, tinyc_range ky, int8_t *to) {
  const int32_t depth = p->group_in_channels, row = p->kernel_width * depth, zero = p->in_zero_point;
  const int32_t packed = p->dilation_x == 1 && depth == p->in_channels;
  const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
  int32_t y, x;
  to = tinyc_append_value(to, zero, ky.first * row);
  for (y = ky.first; y < ky.last; ++y) {
    const int8_t *from =
        input + ((top + y * p->dilation_y) * p->in_width + left + kx.first * p->dilation_x) * p->in_channels;
    to = tinyc_append_value(to, zero, kx.first * depth);
    if (packed) {
      to = tinyc_append_bytes(to, from, (kx.last - kx.first) * depth);
    } else {
      for (x = kx.first; x < kx.last; ++x, from += p->dilation_x * p->in_channels) to = tinyc_append_bytes(to, from, depth);
    }
    to = tinyc_append_value(to, zero, (p->kernel_width - kx.last) * depth);
  }
  return tinyc_append_value(to, zero, (p->kernel_height - ky.last) * row);
}

/* All pixels of the channels of `dense`, the first of which is at `y`. */
TINYC_KERNEL void tinyc_conv2d_channels(const tinyc_conv2d_s8_params *p, const tinyc_dense *dense,
                                        const int8_t *TINYC_RESTRICT input, int8_t *TINYC_RESTRICT y, int8_t *TINYC_RESTRICT window) {
  int32_t oy, ox;
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
    int32_t left = -p->pad_left;
    for (ox = p->out_width; ox > 0; ox -= 2, left += 2 * p->stride_x, y += 2 * p->out_channels) {
      int8_t *const second = tinyc_conv2d_gather(p, input, top, left, ky, window);
      if (ox == 1) {
        tinyc_dense_1_s8(dense, window, y);
        y += p->out_channels;
        break;
      }
      tinyc_conv2d_gather(p, input, top, left + p->stride_x, ky, second);
      tinyc_dense_2_s8(dense, window, y, p->out_channels);
    }
  }
}

TINYC_KERNEL void tinyc_conv2d_s8(const tinyc_conv2d_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                  int8_t *TINYC_RESTRICT output, void *TINYC_RESTRICT scratch) {
  tinyc_dense dense = {p->kernel_height * p->kernel_width * p->group_in_channels,
                       p->group_out_channels,
                       p->weights,
                       p->bias,
                       p->multiplier,
                       p->left_shift,
                       p->zero_point,
                       p->clamp_low,
                       p->clamp_high};
  int32_t c;
  for (c = 0; c < p->out_channels; c += dense.channels) {
    tinyc_conv2d_channels(p, &dense, input, output + c, (int8_t *)scratch);
    input += p->group_in_channels;
    dense.weights += dense.channels * dense.depth;
    dense.bias += dense.channels;
    dense.multiplier += dense.channels;
  }
}

#endif
