#ifndef TINYC_RUNTIME_AVERAGE_POOL_S8_H
#define TINYC_RUNTIME_AVERAGE_POOL_S8_H
/* The mean of each window, per channel, NHWC: y = clamp(requantize(sum - taps inside * in_zero_point)), by the
 * multiplier of the number of taps counted: those within [count_top, count_bottom) x [count_left, count_right). */

#include "lib/runtime/mve_requantize.h"
#include "lib/runtime/requantize.h"
#include "lib/runtime/sums.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t count_top, count_bottom, count_left, count_right; /* positions of the input */
  int32_t min_rows, min_columns, column_counts;             /* fewest taps counted; different numbers of columns */
  int32_t in_zero_point;
  const int32_t *multiplier; /* [rows counted - min_rows][columns counted - min_columns] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_average_pool_s8_params;

TINYC_KERNEL void tinyc_average_pool_s8(const tinyc_average_pool_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                        int8_t *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels, left_shift = p->left_shift;
  const int32_t zero_point = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const int32_t row_step = p->dilation_y * in_row, column_step = p->dilation_x * channels;
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, input += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      const tinyc_range rows =
          tinyc_taps_inside(top - p->count_top, p->count_bottom - p->count_top, p->kernel_height, p->dilation_y);
      const int32_t *multipliers = p->multiplier + (rows.last - rows.first - p->min_rows) * p->column_counts;
      for (ox = 0; ox < p->out_width; ++ox, output += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const tinyc_range columns =
            tinyc_taps_inside(left - p->count_left, p->count_right - p->count_left, p->kernel_width, p->dilation_x);
        const tinyc_multiplier by =
            tinyc_split_multiplier(multipliers[columns.last - columns.first - p->min_columns]);
        const int32_t height = ky.last - ky.first, width = kx.last - kx.first;
        const int32_t zeros = height * width * p->in_zero_point;
        const int8_t *x =
            input + ((top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels);
#if TINYC_MVE
        for (c = 0; c < channels; c += 8) {
          const mve_pred16_t some = vctp16q((uint32_t)(channels - c));
          const int32x4_t multiplier = vdupq_n_s32(by.multiplier);
          int32x4_t even, odd;
          tinyc_sum_8(x + c, height, width, row_step, column_step, some, &even, &odd);
          vstrbq_p_s16(output + c,
                       tinyc_mve_requantize(vsubq_n_s32(even, zeros), vsubq_n_s32(odd, zeros), multiplier, multiplier, left_shift,
                                            zero_point, low, high),
                       some);
        }
#else
#define TINYC_STORE(to, sum) \
  (to) = tinyc_clamp_s8(tinyc_requantize_split((sum)-zeros, by, left_shift, zero_point), low, high)
        for (c = 0; c + 4 <= channels; c += 4) {
          const tinyc_sums sums = tinyc_sum_4(x + c, height, width, row_step, column_step);
          TINYC_STORE(output[c], sums.a0);
          TINYC_STORE(output[c + 1], sums.a1);
          TINYC_STORE(output[c + 2], sums.a2);
          TINYC_STORE(output[c + 3], sums.a3);
        }
        for (; c < channels; ++c)
          TINYC_STORE(output[c], tinyc_sum_1(x + c, height, width, row_step, column_step));
#undef TINYC_STORE
#endif
      }
    }
  }
}

#endif
