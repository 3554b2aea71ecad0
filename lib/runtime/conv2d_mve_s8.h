#ifndef TINYC_RUNTIME_CONV2D_MVE_S8_H
#define TINYC_RUNTIME_CONV2D_MVE_S8_H
/* Convolution for cores with MVE: the inputs of two neighbouring outputs are gathered and multiplied with all channels.
 * An output is written after its inputs and those of all outputs before it were read. */

#include "lib/runtime/mve_tile_s8.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights; /* mve_tile_s8.h */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_mve_s8_params;

/* The inputs of an output whose window lies inside the input and has no gaps within a row. */
TINYC_INLINE void tinyc_gather_inside_mve(const tinyc_conv2d_mve_s8_params *p, const int8_t *from, int32_t run, int8_t *to) {
  const int32_t in_row = p->dilation_y * p->in_width * p->in_channels;
  int32_t row = p->kernel_height;
  for (; row > 0; --row, from += in_row, to += run) tinyc_mve_copy(to, from, run);
}

/* The inputs of any output. */
TINYC_NOINLINE void tinyc_gather_mve(const tinyc_conv2d_mve_s8_params *p, const int8_t *input, int32_t top, int32_t left,
                                     int8_t *to) {
  const int32_t depth = p->in_channels, run = p->kernel_width * depth, step = p->dilation_x * depth;
  const tinyc_range inside = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
  int32_t row, column;
  for (row = 0; row < p->kernel_height; ++row, to += run) {
    const int32_t y = top + row * p->dilation_y, within = y >= 0 && y < p->in_height;
    const int8_t *from = input + (y * p->in_width + left) * depth;
    if (!within || inside.last - inside.first < p->kernel_width) tinyc_mve_fill(to, p->in_zero_point, run);
    if (!within) continue;
    if (p->dilation_x == 1)
      tinyc_mve_copy(to + inside.first * depth, from + inside.first * depth, (inside.last - inside.first) * depth);
    else
      for (column = inside.first; column < inside.last; ++column) tinyc_mve_copy(to + column * depth, from + column * step, depth);
  }
}

/* scratch: twice the inputs of an output, filled up to a multiple of 16. */
TINYC_KERNEL void tinyc_conv2d_mve_s8(const tinyc_conv2d_mve_s8_params *p, const int8_t *input, int8_t *output,
                                      void *scratch) {
  const int32_t run = p->kernel_width * p->in_channels, depth = (p->kernel_height * run + 15) & ~15;
  const int32_t in_row = p->in_width * p->in_channels, next = p->stride_x * p->in_channels;
  const tinyc_range columns = tinyc_interior(p->out_width, p->stride_x, p->pad_left,
                                             (p->kernel_width - 1) * p->dilation_x + 1, p->in_width);
  int8_t *const patch = (int8_t *)scratch;
  int32_t oy, ox;
  tinyc_mve_tile tile;
  tinyc_mve_tile_prepare(&tile, p->weights, patch, depth, p->out_channels, p->zero_point);
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range rows = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
    const int32_t inside = p->dilation_x == 1 && rows.first == 0 && rows.last == p->kernel_height;
    for (ox = 0; ox < p->out_width; ox += 2) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice */
      const int32_t left = ox * p->stride_x - p->pad_left;
      if (inside && ox >= columns.first && ox + both < columns.last) {
        const int8_t *from = input + top * in_row + left * p->in_channels;
        tinyc_gather_inside_mve(p, from, run, patch);
        tinyc_gather_inside_mve(p, from + both * next, run, patch + depth);
      } else {
        tinyc_gather_mve(p, input, top, left, patch);
        tinyc_gather_mve(p, input, top, left + both * p->stride_x, patch + depth);
      }
      tinyc_mve_tile_store(&tile, output, p->out_channels, p->clamp_low, p->clamp_high, both);
      output += (1 + both) * p->out_channels;
    }
  }
}

#endif
