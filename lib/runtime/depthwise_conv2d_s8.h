#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_S8_H
/* Depthwise convolution of NHWC input: one filter per channel. Stored values less the zero point are multiplied, so
 * that padding contributes nothing and its taps are left out. */

#include "lib/runtime/mve_requantize.h"
#include "lib/runtime/requantize.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int8_t *weights;     /* [kernel_height][kernel_width][channels] */
  const int32_t *bias;       /* [channels] */
  const int32_t *multiplier; /* [channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_depthwise_conv2d_s8_params;

/* Output pixels of one row whose windows have the same taps inside the input. */
typedef struct {
  int32_t pixels, rows, columns;  /* of taps */
  int32_t w_row, x_row, x_column; /* bytes from one row of taps, or one tap, to the next */
  int32_t x_pixel;                /* from one pixel's input to the next's */
} tinyc_depthwise_span;

TINYC_INLINE int8_t tinyc_depthwise_result(const tinyc_depthwise_conv2d_s8_params *p, int32_t acc, int32_t channel) {
  return tinyc_clamp_s8(tinyc_requantize(acc, p->multiplier[channel], p->left_shift, p->zero_point), p->clamp_low,
                        p->clamp_high);
}

/* The taps of a whole 3x3 window without a loop. */
#define TINYC_DEPTHWISE_ROW_OF_3(x, w)                \
  TINYC_DEPTHWISE_TAP(x, w);                          \
  TINYC_DEPTHWISE_TAP((x) + x_column, (w) + w_column); \
  TINYC_DEPTHWISE_TAP((x) + 2 * x_column, (w) + 2 * w_column)
#define TINYC_DEPTHWISE_3X3(x, w) \
  do {                            \
    TINYC_DEPTHWISE_ROW_OF_3(x, w); \
    (x) += s->x_row;              \
    (w) += s->w_row;              \
    TINYC_DEPTHWISE_ROW_OF_3(x, w); \
    (x) += s->x_row;              \
    (w) += s->w_row;              \
    TINYC_DEPTHWISE_ROW_OF_3(x, w); \
  } while (0)

#define TINYC_DEPTHWISE_TAP(x, w) acc += (*(x) - zero) * *(w)

/* Channels from `first` on, one at a time. */
TINYC_NOINLINE void tinyc_depthwise_1(const tinyc_depthwise_conv2d_s8_params *p, const tinyc_depthwise_span *s,
                                      int32_t first, const int8_t *w, const int8_t *x,
                                      int8_t *TINYC_RESTRICT y) {
  const int32_t w_column = p->channels, x_column = s->x_column, zero = p->in_zero_point;
  int32_t pixel, c, row, column;
  for (pixel = s->pixels; pixel > 0; --pixel, x += s->x_pixel, y += p->channels) {
    for (c = first; c < p->channels; ++c) {
      const int8_t *v = w + c, *u = x + c;
      int32_t acc = p->bias[c];
      if (s->rows == 3 && s->columns == 3) {
        TINYC_DEPTHWISE_3X3(u, v);
      } else {
        for (row = s->rows; row > 0; --row, v += s->w_row, u += s->x_row)
          for (column = 0; column < s->columns; ++column) TINYC_DEPTHWISE_TAP(u + column * x_column, v + column * w_column);
      }
      y[c] = tinyc_depthwise_result(p, acc, c);
    }
  }
}

#if TINYC_MVE
/* Eight channels, or the last n where `whole`, a constant, is 0. */
TINYC_INLINE void tinyc_depthwise_eight(const tinyc_depthwise_conv2d_s8_params *p, const tinyc_depthwise_span *s, int32_t c,
                                        int32_t n, int whole, const int8_t *w, const int8_t *x, int8_t *y) {
  const mve_pred16_t some = vctp16q((uint32_t)n), evens = vctp32q((uint32_t)((n + 1) >> 1)), odds = vctp32q((uint32_t)(n >> 1));
  const uint32x4_t at = vidupq_n_u32(0, 2);
  const int32x4_t bias_even = vldrwq_gather_shifted_offset_z_s32(p->bias + c, at, evens);
  const int32x4_t bias_odd = vldrwq_gather_shifted_offset_z_s32(p->bias + c + 1, at, odds);
  const int32x4_t by_even = vldrwq_gather_shifted_offset_z_s32(p->multiplier + c, at, evens);
  const int32x4_t by_odd = vldrwq_gather_shifted_offset_z_s32(p->multiplier + c + 1, at, odds);
  const int16_t zero = (int16_t)-p->in_zero_point;
  /* The loop within the other one goes over the rows when there is only one column. */
  const int32_t turned = s->columns == 1, taps = turned ? s->rows : s->columns, lines = turned ? 1 : s->rows;
  const int32_t w_step = turned ? s->w_row : p->channels, x_step = turned ? s->x_row : s->x_column;
  int32_t pixel, line, tap;
  for (pixel = s->pixels; pixel > 0; --pixel, x += s->x_pixel, y += p->channels) {
    const int8_t *v = w + c, *u = x + c;
    int32x4_t even = bias_even, odd = bias_odd;
    int16x8_t result;
    for (line = lines; line > 0; --line, v += s->w_row, u += s->x_row) {
      const int8_t *weights = v, *values = u;
      for (tap = taps; tap > 0; --tap, weights += w_step, values += x_step) {
        const int16x8_t value = vaddq_n_s16(whole ? vldrbq_s16(values) : vldrbq_z_s16(values, some), zero);
        const int16x8_t weight = whole ? vldrbq_s16(weights) : vldrbq_z_s16(weights, some);
        even = vaddq_s32(even, vmullbq_int_s16(value, weight));
        odd = vaddq_s32(odd, vmulltq_int_s16(value, weight));
      }
    }
    result = tinyc_mve_requantize(even, odd, by_even, by_odd, p->left_shift, p->zero_point, p->clamp_low, p->clamp_high);
    vstrbq_p_s16(y + c, result, some);
  }
}

TINYC_NOINLINE void tinyc_depthwise_8(const tinyc_depthwise_conv2d_s8_params *p, const tinyc_depthwise_span *s, const int8_t *w,
                                      const int8_t *x, int8_t *y) {
  int32_t c;
  for (c = 0; c + 8 <= p->channels; c += 8) tinyc_depthwise_eight(p, s, c, 8, 1, w, x, y);
  if (c < p->channels) tinyc_depthwise_eight(p, s, c, p->channels - c, 0, w, x, y);
}
#endif

#if TINYC_DSP && !TINYC_MVE
#undef TINYC_DEPTHWISE_TAP
/* Adds the products of four channels at one tap. */
#define TINYC_DEPTHWISE_TAP(x, w)                                                         \
  do {                                                                                    \
    uint32_t values = tinyc_load_u32(x), weights = tinyc_load_u32(w);                     \
    const uint32_t even = tinyc_sxtab16(offsets, values), even_w = tinyc_sxtb16(weights); \
    a0 = tinyc_smlabb(even, even_w, a0);                                                  \
    a2 = tinyc_smlatt(even, even_w, a2);                                                  \
    values = tinyc_sxtab16_odd(offsets, values);                                          \
    weights = tinyc_sxtb16_odd(weights);                                                  \
    a1 = tinyc_smlabb(values, weights, a1);                                               \
    a3 = tinyc_smlatt(values, weights, a3);                                               \
    TINYC_KEEP_ORDER();                                                                   \
  } while (0)

/* The channels but the last channels % 4, four at a time. */
TINYC_NOINLINE void tinyc_depthwise_4(const tinyc_depthwise_conv2d_s8_params *p, const tinyc_depthwise_span *s,
                                      const int8_t *w, const int8_t *x, int8_t *TINYC_RESTRICT y) {
  const int32_t w_column = p->channels, x_column = s->x_column;
  const uint32_t offset = (uint32_t)-p->in_zero_point & 0xffffu, offsets = offset << 16 | offset;
  int32_t pixel, c, row, column;
  for (pixel = s->pixels; pixel > 0; --pixel, x += s->x_pixel, y += p->channels) {
    for (c = 0; c + 4 <= p->channels; c += 4) {
      const int8_t *v = w + c, *u = x + c;
      int32_t a0 = p->bias[c], a1 = p->bias[c + 1], a2 = p->bias[c + 2], a3 = p->bias[c + 3];
      if (s->rows == 3 && s->columns == 3) {
        TINYC_DEPTHWISE_3X3(u, v);
      } else {
        for (row = s->rows; row > 0; --row, v += s->w_row, u += s->x_row)
          for (column = 0; column < s->columns; ++column) TINYC_DEPTHWISE_TAP(u + column * x_column, v + column * w_column);
      }
      y[c] = tinyc_depthwise_result(p, a0, c);
      y[c + 1] = tinyc_depthwise_result(p, a1, c + 1);
      y[c + 2] = tinyc_depthwise_result(p, a2, c + 2);
      y[c + 3] = tinyc_depthwise_result(p, a3, c + 3);
    }
  }
}
#endif
#undef TINYC_DEPTHWISE_TAP
#undef TINYC_DEPTHWISE_3X3
#undef TINYC_DEPTHWISE_ROW_OF_3

TINYC_KERNEL void tinyc_depthwise_conv2d_s8(const tinyc_depthwise_conv2d_s8_params *p,
                                            const int8_t *TINYC_RESTRICT input, int8_t *TINYC_RESTRICT output) {
  const int32_t channels = p->channels;
  const tinyc_range interior =
      tinyc_interior(p->out_width, p->stride_x, p->pad_left, (p->kernel_width - 1) * p->dilation_x + 1, p->in_width);
  tinyc_depthwise_span span;
  int32_t oy, ox;
  span.w_row = p->kernel_width * channels;
  span.x_row = p->dilation_y * p->in_width * channels;
  span.x_column = p->dilation_x * channels;
  span.x_pixel = p->stride_x * channels;
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
    span.rows = ky.last - ky.first;
    for (ox = 0; ox < p->out_width; ox += span.pixels) {
      const int32_t left = ox * p->stride_x - p->pad_left;
      const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
      const int8_t *w = p->weights + (ky.first * p->kernel_width + kx.first) * channels;
      const int8_t *x = input + ((top + ky.first * p->dilation_y) * p->in_width + left + kx.first * p->dilation_x) * channels;
      span.pixels = ox == interior.first && interior.first < interior.last ? interior.last - interior.first : 1;
      span.columns = kx.last - kx.first;
#if TINYC_MVE
      tinyc_depthwise_8(p, &span, w, x, output);
#elif TINYC_DSP
      tinyc_depthwise_4(p, &span, w, x, output);
      if (channels % 4 != 0) tinyc_depthwise_1(p, &span, channels / 4 * 4, w, x, output);
#else
      tinyc_depthwise_1(p, &span, 0, w, x, output);
#endif
      output += span.pixels * channels;
    }
  }
}

#endif
