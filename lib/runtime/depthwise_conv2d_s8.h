#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_S8_H
/* Depthwise convolution of NHWC input: one filter per channel. */

#include "lib/runtime/requantize.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int8_t *weights;     /* [kernel_height][kernel_width][channels] */
  const int32_t *bias;       /* [channels], less in_zero_point times the channel's weights */
  const int32_t *multiplier; /* [channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_depthwise_conv2d_s8_params;

/* The taps of a window that lie inside the input. */
typedef struct {
  int32_t rows, columns;
  int32_t w_row, w_column; /* from one row of taps to the next, from one tap to the next in its row */
  int32_t x_row, x_column;
} tinyc_depthwise_taps;

typedef struct {
  int32_t a0, a1, a2, a3;
} tinyc_depthwise_sums;

/* acc + sum of (x + offset) * w over the taps, of one channel. */
TINYC_INLINE int32_t tinyc_depthwise_1(int32_t acc, const tinyc_depthwise_taps *taps, const int8_t *w, const int8_t *x,
                                       int32_t offset) {
  int32_t row, column;
  for (row = taps->rows; row > 0; --row, w += taps->w_row, x += taps->x_row) {
    const int8_t *v = w, *u = x;
    for (column = taps->columns; column > 0; --column, v += taps->w_column, u += taps->x_column)
      acc += (*u + offset) * *v;
  }
  return acc;
}

#if TINYC_DSP
/* The same of four neighbouring channels; offsets holds the offset in both halves. */
TINYC_INLINE tinyc_depthwise_sums tinyc_depthwise_4(tinyc_depthwise_sums acc, const tinyc_depthwise_taps *taps,
                                                    const int8_t *w, const int8_t *x, uint32_t offsets) {
  int32_t row, column;
  for (row = taps->rows; row > 0; --row, w += taps->w_row, x += taps->x_row) {
    const int8_t *v = w, *u = x;
    for (column = taps->columns; column > 0; --column, v += taps->w_column, u += taps->x_column) {
      const uint32_t words = tinyc_load_u32(u), weights = tinyc_load_u32(v);
      const uint32_t even = tinyc_sxtab16(offsets, words), odd = tinyc_sxtab16_odd(offsets, words);
      const uint32_t even_w = tinyc_sxtb16(weights), odd_w = tinyc_sxtb16_odd(weights);
      acc.a0 = tinyc_smlabb(even, even_w, acc.a0);
      acc.a1 = tinyc_smlabb(odd, odd_w, acc.a1);
      acc.a2 = tinyc_smlatt(even, even_w, acc.a2);
      acc.a3 = tinyc_smlatt(odd, odd_w, acc.a3);
    }
  }
  return acc;
}
#endif

/* The sum of a channel's weights over all taps. */
TINYC_INLINE int32_t tinyc_depthwise_weights(const tinyc_depthwise_conv2d_s8_params *p, int32_t channel) {
  int32_t sum = 0, tap;
  const int8_t *w = p->weights + channel;
  for (tap = p->kernel_height * p->kernel_width; tap > 0; --tap, w += p->channels) sum += *w;
  return sum;
}

TINYC_KERNEL void tinyc_depthwise_conv2d_s8(const tinyc_depthwise_conv2d_s8_params *p,
                                            const int8_t *TINYC_RESTRICT input, int8_t *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels, zero = p->in_zero_point;
  const int32_t left_shift = p->left_shift, zero_point = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const tinyc_range interior =
      tinyc_interior(p->out_width, p->stride_x, p->pad_left, (p->kernel_width - 1) * p->dilation_x + 1, p->in_width);
  tinyc_depthwise_taps taps;
  int32_t c, lanes, oy, ox;
  taps.w_row = p->kernel_width * channels;
  taps.w_column = channels;
  taps.x_row = p->dilation_y * in_row;
  taps.x_column = p->dilation_x * channels;
  for (c = 0; c < channels; c += lanes) {
    const int8_t *w = p->weights + c;
    int8_t *y = output + c;
    const int32_t *bias = p->bias + c;
    /* A window inside the input multiplies stored values; one that is not multiplies stored values less the zero
     * point, as padding then contributes nothing: `plain` is its bias. */
    tinyc_depthwise_sums plain = {0, 0, 0, 0};
    tinyc_multiplier by0 = tinyc_split_multiplier(p->multiplier[c]);
#if TINYC_DSP
    tinyc_multiplier by1 = by0, by2 = by0, by3 = by0;
    lanes = channels - c >= 4 ? 4 : 1;
    if (lanes == 4) {
      by1 = tinyc_split_multiplier(p->multiplier[c + 1]);
      by2 = tinyc_split_multiplier(p->multiplier[c + 2]);
      by3 = tinyc_split_multiplier(p->multiplier[c + 3]);
      plain.a1 = bias[1] + zero * tinyc_depthwise_weights(p, c + 1);
      plain.a2 = bias[2] + zero * tinyc_depthwise_weights(p, c + 2);
      plain.a3 = bias[3] + zero * tinyc_depthwise_weights(p, c + 3);
    }
#else
    lanes = 1;
#endif
    plain.a0 = bias[0] + zero * tinyc_depthwise_weights(p, c);
#define TINYC_STORE(to, acc, by) \
  (to) = tinyc_clamp_s8(tinyc_requantize_split((acc), (by), left_shift, zero_point), low, high)
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      const int32_t x_row = (top + ky.first * p->dilation_y) * in_row + c;
      taps.rows = ky.last - ky.first;
      for (ox = 0; ox < p->out_width; ++ox, y += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const int32_t inside = ox >= interior.first && ox < interior.last && taps.rows == p->kernel_height;
        const int8_t *x, *v = w;
        tinyc_range kx = {0, p->kernel_width};
        if (!inside) {
          kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
          v += ky.first * taps.w_row + kx.first * channels;
        }
        x = input + (x_row + left * channels + kx.first * taps.x_column);
        taps.columns = kx.last - kx.first;
#if TINYC_DSP
        if (lanes == 4) {
          tinyc_depthwise_sums acc = plain;
          if (inside) {
            acc.a0 = bias[0];
            acc.a1 = bias[1];
            acc.a2 = bias[2];
            acc.a3 = bias[3];
          }
          acc = tinyc_depthwise_4(acc, &taps, v, x, inside ? 0 : ((uint32_t)-zero & 0xffffu) * 0x10001u);
          TINYC_STORE(y[0], acc.a0, by0);
          TINYC_STORE(y[1], acc.a1, by1);
          TINYC_STORE(y[2], acc.a2, by2);
          TINYC_STORE(y[3], acc.a3, by3);
          continue;
        }
#endif
        if (inside)
          TINYC_STORE(y[0], tinyc_depthwise_1(bias[0], &taps, v, x, 0), by0);
        else
          TINYC_STORE(y[0], tinyc_depthwise_1(plain.a0, &taps, v, x, -zero), by0);
      }
    }
#undef TINYC_STORE
  }
}

#endif
