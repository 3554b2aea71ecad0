#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_WALK_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_WALK_S8_H
/* Depthwise 3x3 convolution of stride 1 with a column of padding before the input, at most one of rows and behind it; in place where
 * input and output have the same size. Channel by channel, along the longer side. */

#include "lib/runtime/depthwise_walk_s8.h"

typedef tinyc_depthwise_conv2d_s8_params tinyc_depthwise_conv2d_3x3_walk_s8_params;

/* scratch: a byte for every input of the longer side; what was read of a line before it is overwritten. The bias is less
 * in_zero_point times the channel's weights. */
TINYC_NOINLINE void tinyc_depthwise_conv2d_3x3_walk_s8(const tinyc_depthwise_conv2d_3x3_walk_s8_params *p,
                                                       const int8_t *input, int8_t *output, void *scratch) {
  const int32_t same = p->in_width == p->out_width && p->in_height == p->out_height;
  const int32_t swapped = same && p->in_height > p->in_width;
  const int32_t row = p->in_width * p->channels, lines = swapped ? p->in_width : p->in_height;
  const int32_t columns = swapped ? p->in_height : p->in_width, out_lines = swapped ? p->out_width : p->out_height;
  const int32_t above = swapped ? 1 : p->pad_top, padded = out_lines + 1 - above == lines; /* lines of padding */
  tinyc_depthwise_walk w;
  int32_t c, i;
  w.step = swapped ? row : p->channels;
  w.line = swapped ? p->channels : row;
  w.out_line = swapped ? p->channels : p->out_width * p->channels;
  w.end = columns * w.step;
  w.padded = p->out_width == p->in_width;
  w.above = (int8_t *)scratch;
  for (c = 0; c < p->channels; ++c) {
    if (above != 0)
      memset(scratch, p->in_zero_point, (size_t)columns);
    else
      for (i = 0; i < columns; ++i) w.above[i] = input[i * w.step + c];
    tinyc_walk_channel(&w, p, c, swapped);
    w.middle = input + c + (1 - above) * w.line;
    w.below = w.middle + w.line;
    w.output = output + c;
    w.lines = out_lines - padded;
    if (w.lines > 0) tinyc_depthwise_walk_run(&w);
    if (padded) {
      tinyc_walk_bottom(&w, p->in_zero_point);
      w.lines = 1;
      w.middle = w.below = input + (lines - 1) * w.line + c;
      w.output = output + (out_lines - 1) * w.out_line + c;
      tinyc_depthwise_walk_run(&w);
    }
  }
  tinyc_walk_clamp(p, output);
}

#endif
