#ifndef TINYC_RUNTIME_LP_POOL_F32_H
#define TINYC_RUNTIME_LP_POOL_F32_H
/* The p-norm of each window, per channel, NHWC, clamped. */

#include "lib/runtime/math_f32.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  float p;
  float clamp_low, clamp_high;
} tinyc_lp_pool_f32_params;

TINYC_INLINE float tinyc_norm_window_f32(const float *x, int32_t rows, int32_t columns, int32_t row_step,
                                         int32_t column_step, float p) {
  float sum = 0.0f;
  int32_t row, column;
  for (row = rows; row > 0; --row, x += row_step) {
    const float *at = x;
    for (column = columns; column > 0; --column, at += column_step)
      sum += p == 1.0f ? fabsf(*at) : p == 2.0f ? *at * *at : powf(fabsf(*at), p);
  }
  return p == 1.0f ? sum : p == 2.0f ? sqrtf(sum) : powf(sum, 1.0f / p);
}

TINYC_KERNEL void tinyc_lp_pool_f32(const tinyc_lp_pool_f32_params *p, const float *TINYC_RESTRICT input,
                                    float *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels;
  const int32_t row_step = p->dilation_y * in_row, column_step = p->dilation_x * channels;
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, input += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      for (ox = 0; ox < p->out_width; ++ox, output += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const float *x =
            input + ((top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels);
        for (c = 0; c < channels; ++c) {
          const float norm =
              tinyc_norm_window_f32(x + c, ky.last - ky.first, kx.last - kx.first, row_step, column_step, p->p);
          output[c] = tinyc_clamp_f32(norm, p->clamp_low, p->clamp_high);
        }
      }
    }
  }
}

#endif
