#ifndef TINYC_RUNTIME_LP_POOL_S8_H
#define TINYC_RUNTIME_LP_POOL_S8_H
/* A rising function of the sum of map[x + 128] over each window, per channel, NHWC. No sum overflows. */

#include "lib/runtime/steps.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  const int32_t *map;        /* 256 */
  const int32_t *thresholds; /* 255 */
} tinyc_lp_pool_s8_params;

TINYC_KERNEL void tinyc_lp_pool_s8(const tinyc_lp_pool_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                   int8_t *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels;
  const int32_t row_step = p->dilation_y * in_row, column_step = p->dilation_x * channels;
  const int32_t *map = p->map + 128;
  int32_t n, oy, ox, c, row, column;
  for (n = 0; n < p->batches; ++n, input += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      for (ox = 0; ox < p->out_width; ++ox) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const int8_t *x =
            input + ((top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels);
        for (c = 0; c < channels; ++c) {
          int32_t sum = 0;
          for (row = 0; row < ky.last - ky.first; ++row) {
            const int8_t *at = x + row * row_step + c;
            for (column = kx.last - kx.first; column > 0; --column, at += column_step) sum += map[*at];
          }
          *output++ = tinyc_steps_s8(p->thresholds, sum);
        }
      }
    }
  }
}

#endif
