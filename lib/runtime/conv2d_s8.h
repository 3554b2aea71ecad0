#ifndef TINYC_RUNTIME_CONV2D_S8_H
#define TINYC_RUNTIME_CONV2D_S8_H
/* Convolution of NHWC input, in general: groups, strides, dilations, padding. */

#include "lib/runtime/dot_s8.h"
#include "lib/runtime/requantize.h"
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

/* The taps of a window that lie inside the input, as rows of runs of consecutive bytes. */
typedef struct {
  int32_t rows, runs, run;  /* runs per row, bytes per run */
  int32_t w_row;            /* from one row of weights to the next */
  int32_t x_row, x_run;     /* the same of the input, and from one run to the next */
} tinyc_conv2d_taps;

TINYC_INLINE tinyc_tile_2x1 tinyc_conv2d_tile_2x1(tinyc_tile_2x1 acc, const tinyc_conv2d_taps *taps, const int8_t *w0,
                                                  const int8_t *w1, const int8_t *x) {
  int32_t row, run;
  for (row = taps->rows; row > 0; --row, w0 += taps->w_row, w1 += taps->w_row, x += taps->x_row) {
    const int8_t *v0 = w0, *v1 = w1, *u = x;
    for (run = taps->runs; run > 0; --run, v0 += taps->run, v1 += taps->run, u += taps->x_run)
      acc = tinyc_dot_2x1_s8(acc, v0, v1, u, taps->run);
  }
  return acc;
}

#if TINYC_TILE_PIXELS == 2
TINYC_INLINE tinyc_tile_2x2 tinyc_conv2d_tile_2x2(tinyc_tile_2x2 acc, const tinyc_conv2d_taps *taps, const int8_t *w0,
                                                  const int8_t *w1, const int8_t *x, int32_t next_pixel) {
  int32_t row, run;
  for (row = taps->rows; row > 0; --row, w0 += taps->w_row, w1 += taps->w_row, x += taps->x_row) {
    const int8_t *v0 = w0, *v1 = w1, *u = x;
    for (run = taps->runs; run > 0; --run, v0 += taps->run, v1 += taps->run, u += taps->x_run)
      acc = tinyc_dot_2x2_s8(acc, v0, v1, u, u + next_pixel, taps->run);
  }
  return acc;
}
#endif

/* The sum of the weights of `rows` rows whose columns are outside [skip, skip + inside) of `row` bytes. */
TINYC_INLINE int32_t tinyc_conv2d_outside(const int8_t *w, int32_t rows, int32_t row, int32_t skip, int32_t inside) {
  int32_t sum = 0;
  for (; rows > 0; --rows, w += row)
    sum += tinyc_sum_s8(w, skip) + tinyc_sum_s8(w + skip + inside, row - skip - inside);
  return sum;
}

TINYC_KERNEL void tinyc_conv2d_s8(const tinyc_conv2d_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                  int8_t *TINYC_RESTRICT output) {
  const int32_t depth = p->group_in_channels, row_bytes = p->kernel_width * depth;
  const int32_t filter = p->kernel_height * row_bytes, channels = p->out_channels;
  const int32_t in_pixel = p->in_channels, in_row = p->in_width * in_pixel, pad_value = p->in_zero_point;
  const int32_t left_shift = p->left_shift, zero_point = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const int32_t dense = p->dilation_x == 1 && depth == in_pixel;
  const int32_t next_pixel = p->stride_x * in_pixel;
  const tinyc_range interior =
      tinyc_interior(p->out_width, p->stride_x, p->pad_left, (p->kernel_width - 1) * p->dilation_x + 1, p->in_width);
  int32_t c = 0, in_group = 0; /* in_group: of c */
  tinyc_conv2d_taps taps;
  taps.w_row = row_bytes;
  taps.x_row = p->dilation_y * in_row;
  taps.x_run = p->dilation_x * in_pixel;
  while (c < channels) {
    const int32_t step = in_group + 1 < p->group_out_channels; /* a last odd channel is computed twice */
    const int8_t *w0 = p->weights + c * filter, *w1 = w0 + step * filter;
    const tinyc_multiplier by0 = tinyc_split_multiplier(p->multiplier[c]);
    const tinyc_multiplier by1 = tinyc_split_multiplier(p->multiplier[c + step]);
    int8_t *y = output + c;
    int32_t oy, ox;
#define TINYC_STORE(to, acc, by) \
  (to) = tinyc_clamp_s8(tinyc_requantize_split((acc), (by), left_shift, zero_point), low, high)
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      const int32_t above = ky.first * row_bytes, rows = ky.last - ky.first;
      const int32_t x_row = (top + ky.first * p->dilation_y) * in_row;
      /* Padding reads the zero point. */
      const int32_t bias0 = p->bias[c] + pad_value * tinyc_conv2d_outside(w0, 1, filter, above, rows * row_bytes);
      const int32_t bias1 = p->bias[c + step] + pad_value * tinyc_conv2d_outside(w1, 1, filter, above, rows * row_bytes);
      taps.rows = rows;
      for (ox = 0; ox < p->out_width;) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        if (ox >= interior.first && ox < interior.last) {
          const int8_t *x = input + (x_row + left * in_pixel);
          taps.runs = dense ? 1 : p->kernel_width;
          taps.run = dense ? row_bytes : depth;
#if TINYC_TILE_PIXELS == 2
          for (; ox + 2 <= interior.last; ox += 2, x += 2 * next_pixel, y += 2 * channels) {
            tinyc_tile_2x2 acc = {bias0, bias0, bias1, bias1};
            acc = tinyc_conv2d_tile_2x2(acc, &taps, w0 + above, w1 + above, x, next_pixel);
            TINYC_STORE(y[step], acc.a10, by1);
            TINYC_STORE(y[0], acc.a00, by0);
            TINYC_STORE(y[channels + step], acc.a11, by1);
            TINYC_STORE(y[channels], acc.a01, by0);
          }
#endif
          for (; ox < interior.last; ++ox, x += next_pixel, y += channels) {
            tinyc_tile_2x1 acc = {bias0, bias1};
            acc = tinyc_conv2d_tile_2x1(acc, &taps, w0 + above, w1 + above, x);
            TINYC_STORE(y[step], acc.a1, by1);
            TINYC_STORE(y[0], acc.a0, by0);
          }
        } else {
          const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
          const int32_t before = kx.first * depth, inside = (kx.last - kx.first) * depth;
          const int8_t *x = input + (x_row + (left + kx.first * p->dilation_x) * in_pixel);
          tinyc_tile_2x1 acc = {bias0, bias1};
          acc.a0 += pad_value * tinyc_conv2d_outside(w0 + above, rows, row_bytes, before, inside);
          acc.a1 += pad_value * tinyc_conv2d_outside(w1 + above, rows, row_bytes, before, inside);
          taps.runs = dense ? 1 : kx.last - kx.first;
          taps.run = dense ? inside : depth;
          acc = tinyc_conv2d_tile_2x1(acc, &taps, w0 + above + before, w1 + above + before, x);
          TINYC_STORE(y[step], acc.a1, by1);
          TINYC_STORE(y[0], acc.a0, by0);
          ++ox;
          y += channels;
        }
      }
    }
#undef TINYC_STORE
    c += 1 + step;
    in_group += 1 + step;
    if (in_group == p->group_out_channels) {
      in_group = 0;
      input += depth;
    }
  }
}

#endif
