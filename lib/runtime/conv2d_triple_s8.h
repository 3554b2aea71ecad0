#ifndef TINYC_RUNTIME_CONV2D_TRIPLE_S8_H
#define TINYC_RUNTIME_CONV2D_TRIPLE_S8_H
/* Convolution, three outputs at a time (triple_tile_s8.h), in the order in which they lie in memory. */

#include "lib/runtime/triple_patch_s8.h"
#include "lib/runtime/triple_window_s8.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights; /* triple_tile_s8.h */
  int32_t runs, run;      /* inputs are cut into `runs` of `run`, the last filled up */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_triple_s8_params;

/* Some of the windows lie partly outside the input, or have gaps; `padding` holds in_channels zero points. */
TINYC_NOINLINE void tinyc_triple_gather(const tinyc_conv2d_triple_s8_params *p, const int8_t *input, const int8_t *padding,
                                        const tinyc_triple_windows *w, tinyc_triple_patch *s) {
  int32_t row, column, i;
  for (row = 0; row < p->kernel_height; ++row)
    for (column = 0; column < p->kernel_width; ++column) {
      const int8_t *from[3];
      for (i = 0; i < 3; ++i) {
        const int32_t y = w->top[i] + row * p->dilation_y, x = w->left[i] + column * p->dilation_x;
        const int32_t inside = y >= 0 && y < p->in_height && x >= 0 && x < p->in_width;
        from[i] = inside ? input + (y * p->in_width + x) * p->in_channels : padding;
      }
      tinyc_triple_append(s, from[0], from[1], from[2], p->in_channels);
    }
}

/* scratch: 8 bytes for each of runs * (run + 1) inputs, then in_channels bytes. */
TINYC_NOINLINE void tinyc_conv2d_triple_s8(const tinyc_conv2d_triple_s8_params *p, const int8_t *input,
                                           int8_t *output, void *scratch) {
  uint32_t *const patch = (uint32_t *)scratch;
  int8_t *const padding = (int8_t *)(patch + 2 * p->runs * (p->run + 1));
  const int32_t depth = p->in_channels, in_row = p->in_width * depth, count = p->out_height * p->out_width;
  const int32_t bottom = p->in_height - (p->kernel_height - 1) * p->dilation_y;
  const int32_t right = p->dilation_x == 1 ? p->in_width - (p->kernel_width - 1) : -0x10000;
  tinyc_triple_windows w;
  tinyc_triple_tile tile;
  int32_t left;
  memset(padding, p->in_zero_point, (size_t)depth);
  tinyc_triple_prepare(&tile, p->weights, patch, p->out_channels, p->runs, p->run, p->zero_point);
  tinyc_triple_first(&w, output, -p->pad_top, -p->pad_left);
  for (left = count; left > 0; left -= 3) {
    tinyc_triple_next(&w, &tile, left, p->stride_y, p->stride_x, p->out_width, -p->pad_left, p->out_channels);
    if (tinyc_triple_inside(&w, bottom, right)) {
      const int8_t *const a = input + w.top[0] * in_row + w.left[0] * depth;
      const int8_t *const b = input + w.top[1] * in_row + w.left[1] * depth;
      const int8_t *const c = input + w.top[2] * in_row + w.left[2] * depth;
      tinyc_triple_gather_rows(patch, p->runs, p->run, a, b, c, p->kernel_height, p->kernel_width * depth,
                               p->dilation_y * in_row);
    } else {
      tinyc_triple_patch s;
      tinyc_triple_begin(&s, patch, p->run);
      tinyc_triple_gather(p, input, padding, &w, &s);
      tinyc_triple_end(&s);
    }
    tinyc_triple_tile_run(&tile);
  }
  tinyc_triple_clamp(output, count * p->out_channels, p->clamp_low, p->clamp_high);
}

#endif
