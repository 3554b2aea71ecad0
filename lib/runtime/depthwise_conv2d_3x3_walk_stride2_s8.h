#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_WALK_STRIDE2_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_WALK_STRIDE2_S8_H
/* Depthwise 3x3 convolution of stride 2 with at most one row and column of padding on each side; it may work in place. Channel by
 * channel, row by row. */

#include "lib/runtime/depthwise_walk_s8.h"

typedef tinyc_depthwise_conv2d_s8_params tinyc_depthwise_conv2d_3x3_walk_stride2_s8_params;

/* The bias is less in_zero_point times the channel's weights. */
TINYC_NOINLINE void tinyc_depthwise_conv2d_3x3_walk_stride2_s8(const tinyc_depthwise_conv2d_3x3_walk_stride2_s8_params *p,
                                                               const int8_t *input, int8_t *output) {
  const int32_t channels = p->channels, row = p->in_width * channels, zero = p->in_zero_point;
  const int32_t whole = tinyc_min_i32(p->out_width, (p->in_width - 1 + p->pad_left) >> 1); /* outputs with all columns */
  tinyc_depthwise_walk w;
  int32_t c, at;
  w.step = channels;
  w.end = 2 * whole * channels;
  w.padded = whole < p->out_width;
  for (c = 0; c < channels; ++c)
    for (at = 0; at < p->out_height; ++at) {
      const int32_t top = 2 * at - p->pad_top;
      int8_t *middle = (int8_t *)(uintptr_t)(input + (top + 1) * row + c), *above = middle - row;
      const int8_t *below = middle + row;
      if (at < 2) tinyc_walk_channel(&w, p, c, 0);
      if (top < 0) {
        tinyc_walk_top(&w, zero);
        above = middle;
      }
      if (top + 2 == p->in_height) {
        tinyc_walk_bottom(&w, zero);
        below = middle;
      }
      if (p->pad_left == 0) {
        w.first = w.bias + w.tap0 * *above + w.tap3 * *middle + w.tap6 * *below;
        above += channels, middle += channels, below += channels;
      }
      w.above = above;
      w.middle = middle;
      w.below = below;
      w.output = output + at * p->out_width * channels + c;
      tinyc_depthwise_walk_stride2_run(&w);
    }
  tinyc_walk_clamp(p, output);
}

#endif
