#ifndef TINYC_RUNTIME_AVERAGE_POOL_F32_H
#define TINYC_RUNTIME_AVERAGE_POOL_F32_H
/* The mean of each window, per channel, NHWC, clamped. It divides by the taps in rows [count_top, count_bottom) and columns
 * [count_left, count_right), padding that counts included; there is at least one. */

#include "lib/runtime/common_f32.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t count_top, count_bottom, count_left, count_right;
  float clamp_low, clamp_high;
} tinyc_average_pool_f32_params;

TINYC_INLINE float tinyc_sum_window_f32(const float *x, int32_t rows, int32_t columns, int32_t row_step, int32_t column_step) {
  float sum = 0.0f;
  int32_t row, column;
  for (row = rows; row > 0; --row, x += row_step) {
    const float *at = x;
    for (column = columns; column > 0; --column, at += column_step) sum += *at;
  }
  return sum;
}

/* How many taps from `start` on lie in [low, high). */
TINYC_INLINE int32_t tinyc_counted_taps(int32_t start, int32_t low, int32_t high, int32_t kernel, int32_t dilation) {
  const tinyc_range taps = tinyc_taps_inside(start - low, high - low, kernel, dilation);
  return taps.last - taps.first;
}

TINYC_KERNEL void tinyc_average_pool_f32(const tinyc_average_pool_f32_params *p, const float *TINYC_RESTRICT input,
                                         float *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels;
  const int32_t row_step = p->dilation_y * in_row, column_step = p->dilation_x * channels;
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, input += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      const int32_t rows = tinyc_counted_taps(top, p->count_top, p->count_bottom, p->kernel_height, p->dilation_y);
      for (ox = 0; ox < p->out_width; ++ox, output += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const int32_t columns = tinyc_counted_taps(left, p->count_left, p->count_right, p->kernel_width, p->dilation_x);
        const float *x =
            input + ((top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels);
        for (c = 0; c < channels; ++c) {
          const float sum = tinyc_sum_window_f32(x + c, ky.last - ky.first, kx.last - kx.first, row_step, column_step);
          output[c] = tinyc_clamp_f32(sum / (float)(rows * columns), p->clamp_low, p->clamp_high);
        }
      }
    }
  }
}

#endif
