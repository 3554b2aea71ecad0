#ifndef TINYC_RUNTIME_CONV2D_1X1_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_S8_H
/* Pointwise convolution: at every pixel, output channels = weights times input channels. */

#include "lib/runtime/dot_s8.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int8_t *weights;     /* [out_channels][in_channels] */
  const int32_t *bias;       /* [out_channels], less the input's zero point times the channel's weights */
  const int32_t *multiplier; /* [out_channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_conv2d_1x1_s8_params;

TINYC_KERNEL void tinyc_conv2d_1x1_s8(const tinyc_conv2d_1x1_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                      int8_t *TINYC_RESTRICT output) {
  const int32_t pixels = p->pixels, depth = p->in_channels, channels = p->out_channels;
  const int32_t left_shift = p->left_shift, zero_point = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  int32_t c, i;
  for (c = 0; c < channels; c += 2) {
    const int32_t step = c + 1 < channels; /* a last odd channel is computed twice and stored once */
    const int8_t *w0 = p->weights + c * depth, *w1 = w0 + step * depth;
    const int32_t bias0 = p->bias[c], bias1 = p->bias[c + step];
    const tinyc_multiplier by0 = tinyc_split_multiplier(p->multiplier[c]);
    const tinyc_multiplier by1 = tinyc_split_multiplier(p->multiplier[c + step]);
    const int8_t *x = input;
    int8_t *y = output + c;
#define TINYC_STORE(to, acc, by) \
  (to) = tinyc_clamp_s8(tinyc_requantize_split((acc), (by), left_shift, zero_point), low, high)
    i = pixels;
#if TINYC_TILE_PIXELS == 2
    for (; i >= 2; i -= 2, x += 2 * depth, y += 2 * channels) {
      tinyc_tile_2x2 acc = {bias0, bias0, bias1, bias1};
      acc = tinyc_dot_2x2_s8(acc, w0, w1, x, x + depth, depth);
      TINYC_STORE(y[step], acc.a10, by1);
      TINYC_STORE(y[0], acc.a00, by0);
      TINYC_STORE(y[channels + step], acc.a11, by1);
      TINYC_STORE(y[channels], acc.a01, by0);
    }
#endif
    for (; i > 0; --i, x += depth, y += channels) {
      tinyc_tile_2x1 acc = {bias0, bias1};
      acc = tinyc_dot_2x1_s8(acc, w0, w1, x, depth);
      TINYC_STORE(y[step], acc.a1, by1);
      TINYC_STORE(y[0], acc.a0, by0);
    }
#undef TINYC_STORE
  }
}

#endif
