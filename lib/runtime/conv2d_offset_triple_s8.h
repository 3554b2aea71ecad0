#ifndef TINYC_RUNTIME_CONV2D_OFFSET_TRIPLE_S8_H
#define TINYC_RUNTIME_CONV2D_OFFSET_TRIPLE_S8_H
/* Convolution of few inputs per output, three outputs at a time (triple_tile_s8.h), from a list of where the inputs of a window
 * lie: for channel-planar input, and for windows whose rows are short. */

#include "lib/runtime/triple_patch_s8.h"
#include "lib/runtime/triple_window_s8.h"

typedef struct {
  int32_t in_height, in_width, row_step, column_step; /* steps in bytes; planes of in_height rows where columns are a byte apart */
  int32_t out_height, out_width, out_channels;
  int32_t extent_y, extent_x; /* of a window */
  int32_t stride_y, stride_x, pad_top, pad_left;
  int32_t in_zero_point;
  int32_t depth;          /* inputs of a window, filled up to runs * run */
  const int8_t *place;    /* row, column and channel of each input */
  const int32_t *weights; /* triple_tile_s8.h, in the same order */
  int32_t runs, run;
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_offset_triple_s8_params;

/* The inputs of one window that lies partly outside the input. */
TINYC_NOINLINE void tinyc_offset_border(const tinyc_conv2d_offset_triple_s8_params *p, const int8_t *input,
                                        const int32_t *offset, int32_t top, int32_t left, int8_t *to) {
  const int32_t window = top * p->row_step + left * p->column_step;
  const int8_t *place = p->place;
  int32_t k;
  for (k = 0; k < p->depth; ++k, place += 3) {
    const int32_t y = top + place[0], x = left + place[1];
    const int32_t inside = y >= 0 && y < p->in_height && x >= 0 && x < p->in_width;
    to[k] = inside ? input[window + offset[k]] : (int8_t)p->in_zero_point;
  }
}

/* scratch: 8 bytes for each of runs * (run + 1) inputs, then 4 and 3 for each of depth. */
TINYC_NOINLINE void tinyc_conv2d_offset_triple_s8(const tinyc_conv2d_offset_triple_s8_params *p, const int8_t *input,
                                                  int8_t *output, void *scratch) {
  uint32_t *const patch = (uint32_t *)scratch;
  int32_t *const offset = (int32_t *)(patch + 2 * p->runs * (p->run + 1));
  int8_t *const bytes = (int8_t *)(offset + p->depth);
  const int32_t count = p->out_height * p->out_width, bottom = p->in_height - p->extent_y + 1;
  const int32_t right = p->in_width - p->extent_x + 1, depth = p->depth;
  tinyc_triple_windows w;
  tinyc_triple_tile tile;
  const int8_t *place = p->place;
  const int32_t channel_step = p->column_step == 1 ? p->in_height * p->row_step : 1;
  int32_t left, i;
  for (i = 0; i < depth; ++i, place += 3)
    offset[i] = place[0] * p->row_step + place[1] * p->column_step + place[2] * channel_step;
  tinyc_triple_prepare(&tile, p->weights, patch, p->out_channels, p->runs, p->run, p->zero_point);
  tinyc_triple_first(&w, output, -p->pad_top, -p->pad_left);
  for (left = count; left > 0; left -= 3) {
    tinyc_triple_next(&w, &tile, left, p->stride_y, p->stride_x, p->out_width, -p->pad_left, p->out_channels);
    if (tinyc_triple_inside(&w, bottom, right)) {
      const int8_t *from[3];
      for (i = 0; i < 3; ++i) from[i] = input + w.top[i] * p->row_step + w.left[i] * p->column_step;
      tinyc_triple_gather_at(patch, from[0], from[1], from[2], offset, p->runs, p->run);
    } else {
      tinyc_triple_patch s;
      for (i = 0; i < 3; ++i) tinyc_offset_border(p, input, offset, w.top[i], w.left[i], bytes + i * depth);
      tinyc_triple_begin(&s, patch, p->run);
      tinyc_triple_append(&s, bytes, bytes + depth, bytes + 2 * depth, depth);
    }
    tinyc_triple_tile_run(&tile);
  }
  tinyc_triple_clamp(output, count * p->out_channels, p->clamp_low, p->clamp_high);
}

#endif
