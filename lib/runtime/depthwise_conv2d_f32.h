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

/* The taps of one output pixel that lie inside the input, of which the first one is at x and w. */
typedef struct {
  int32_t rows, columns, row_step, column_step; /* of x, from one tap to the next */
  int32_t kernel_width, taps;                   /* of w */
} tinyc_depthwise_taps_f32;

TINYC_INLINE float tinyc_depthwise_1_f32(const tinyc_depthwise_taps_f32 *p, const float *x, const float *w) {
  float sum = 0.0f;
  int32_t row, column;
  for (row = p->rows; row > 0; --row, x += p->row_step, w += p->kernel_width) {
    const float *at = x, *v = w;
    for (column = p->columns; column > 0; --column, at += p->column_step) sum = tinyc_madd_f32(*v++, *at, sum);
  }
  return sum;
}

/* Four neighbouring channels. */
TINYC_INLINE void tinyc_depthwise_4_f32(const tinyc_depthwise_taps_f32 *p, const float *x, const float *w, float *sums) {
  float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
  int32_t row, column;
  for (row = p->rows; row > 0; --row, x += p->row_step, w += p->kernel_width) {
    const float *at = x, *v0 = w, *v1 = v0 + p->taps, *v2 = v1 + p->taps, *v3 = v2 + p->taps;
    for (column = p->columns; column > 0; --column, at += p->column_step) {
      s0 = tinyc_madd_f32(*v0++, at[0], s0);
      s1 = tinyc_madd_f32(*v1++, at[1], s1);
      s2 = tinyc_madd_f32(*v2++, at[2], s2);
      s3 = tinyc_madd_f32(*v3++, at[3], s3);
    }
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

/* x [batches][in_height][in_width][channels], weights [channels][kernel_height][kernel_width], bias [channels] or NULL,
 * y [batches][out_height][out_width][channels] */
TINYC_KERNEL void tinyc_depthwise_conv2d_f32(const tinyc_depthwise_conv2d_f32_params *p, const float *TINYC_RESTRICT x,
                                             const float *TINYC_RESTRICT weights, const float *TINYC_RESTRICT bias,
                                             float *TINYC_RESTRICT y) {
  const int32_t channels = p->channels, in_row = p->in_width * channels;
  tinyc_depthwise_taps_f32 taps;
  int32_t n, oy, ox, c;
  taps.row_step = p->dilation_y * in_row;
  taps.column_step = p->dilation_x * channels;
  taps.kernel_width = p->kernel_width;
  taps.taps = p->kernel_height * p->kernel_width;
  for (n = 0; n < p->batches; ++n, x += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      taps.rows = ky.last - ky.first;
      for (ox = 0; ox < p->out_width; ++ox, y += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const float *const from = x + (top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels;
        const float *const w = weights + ky.first * p->kernel_width + kx.first;
        taps.columns = kx.last - kx.first;
        for (c = 0; c + 4 <= channels; c += 4) tinyc_depthwise_4_f32(&taps, from + c, w + c * taps.taps, y + c);
        for (; c < channels; ++c) y[c] = tinyc_depthwise_1_f32(&taps, from + c, w + c * taps.taps);
        for (c = 0; c < channels; ++c)
          y[c] = tinyc_clamp_f32(bias != NULL ? y[c] + bias[c] : y[c], p->clamp_low, p->clamp_high);
      }
    }
  }
}

#endif
