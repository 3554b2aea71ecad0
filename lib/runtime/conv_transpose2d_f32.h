#ifndef TINYC_RUNTIME_CONV_TRANSPOSE2D_F32_H
#define TINYC_RUNTIME_CONV_TRANSPOSE2D_F32_H
/* Transposed convolution, NHWC: tap k of input position i adds to output position i * stride - pad + k * dilation. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t batches, in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t groups;
  float clamp_low, clamp_high;
} tinyc_conv_transpose2d_f32_params;

/* The input position that a tap at this distance reads, or -1. */
TINYC_INLINE int32_t tinyc_transposed_tap_f32(int32_t at, int32_t stride, int32_t size) {
  return at < 0 || at % stride != 0 || at / stride >= size ? -1 : at / stride;
}

/* The sum of one output, `x` at the first channel of its group, `w` its filter. */
TINYC_INLINE float tinyc_transposed_sum_f32(const tinyc_conv_transpose2d_f32_params *p, const float *x, const float *w,
                                            int32_t oy, int32_t ox, int32_t depth) {
  float sum = 0.0f;
  int32_t ky, kx, c;
  for (ky = 0; ky < p->kernel_height; ++ky) {
    const int32_t iy = tinyc_transposed_tap_f32(oy + p->pad_top - ky * p->dilation_y, p->stride_y, p->in_height);
    for (kx = 0; kx < p->kernel_width; ++kx, w += depth) {
      const int32_t ix = tinyc_transposed_tap_f32(ox + p->pad_left - kx * p->dilation_x, p->stride_x, p->in_width);
      const float *from;
      if (iy < 0 || ix < 0) continue;
      from = x + (iy * p->in_width + ix) * p->in_channels;
      for (c = 0; c < depth; ++c) sum = tinyc_madd_f32(from[c], w[c], sum);
    }
  }
  return sum;
}

/* x [batches][in_height][in_width][in_channels], weights [out_channels][kernel_height][kernel_width][in_channels / groups],
 * bias [out_channels] or NULL, y [batches][out_height][out_width][out_channels] */
TINYC_KERNEL void tinyc_conv_transpose2d_f32(const tinyc_conv_transpose2d_f32_params *p, const float *TINYC_RESTRICT x,
                                             const float *TINYC_RESTRICT weights, const float *TINYC_RESTRICT bias,
                                             float *TINYC_RESTRICT y) {
  const int32_t depth = p->in_channels / p->groups, group_outputs = p->out_channels / p->groups;
  const int32_t filter = p->kernel_height * p->kernel_width * depth;
  int32_t n, oy, ox, group, o;
  for (n = 0; n < p->batches; ++n, x += p->in_height * p->in_width * p->in_channels) {
    for (oy = 0; oy < p->out_height; ++oy) {
      for (ox = 0; ox < p->out_width; ++ox) {
        const float *w = weights, *b = bias;
        for (group = 0; group < p->groups; ++group) {
          for (o = 0; o < group_outputs; ++o, w += filter) {
            float sum = tinyc_transposed_sum_f32(p, x + group * depth, w, oy, ox, depth);
            if (b != NULL) sum += *b++;
            *y++ = tinyc_clamp_f32(sum, p->clamp_low, p->clamp_high);
          }
        }
      }
    }
  }
}

#endif
