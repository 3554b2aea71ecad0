#ifndef TINYC_RUNTIME_CONV2D_PACKED_S8_H
#define TINYC_RUNTIME_CONV2D_PACKED_S8_H
/* Convolution with byte-pair weights: the inputs of two neighbouring outputs are gathered as halfwords, a strip of such pairs
 * is multiplied with all channels. Results are clamped to [-128, 127] by saturation, or further when the layer asks for it. */

#include "lib/runtime/packed_patch_s8.h"
#include "lib/runtime/packed_tile_s8.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights; /* packed_tile_s8.h; the depth filled up with zeros to a multiple of 4 */
  int32_t zero_point, clamp_low, clamp_high;
  int32_t strip; /* pairs of outputs gathered at a time */
} tinyc_conv2d_packed_s8_params;

/* `count` consecutive bytes. */
TINYC_INLINE int8_t *tinyc_copy_bytes(int8_t *to, const int8_t *from, int32_t count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) tinyc_store_u32(to, tinyc_load_u32(from));
  for (; count > 0; --count) *to++ = *from++;
  return to;
}

/* The inputs of one output whose window lies partly outside the input or has gaps, as consecutive bytes. */
TINYC_KERNEL void tinyc_gather_patch(const tinyc_conv2d_packed_s8_params *p, const int8_t *input, int32_t oy, int32_t ox,
                                     int8_t *to) {
  const int32_t top = oy * p->stride_y - p->pad_top, left = ox * p->stride_x - p->pad_left, depth = p->in_channels;
  const tinyc_range inside = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
  const int32_t run = p->kernel_width * depth;
  int32_t row, column;
  for (row = 0; row < p->kernel_height; ++row, to += run) {
    const int32_t y = top + row * p->dilation_y;
    if (y < 0 || y >= p->in_height) {
      memset(to, p->in_zero_point, (size_t)run);
      continue;
    }
    if (inside.last - inside.first < p->kernel_width) memset(to, p->in_zero_point, (size_t)run);
    for (column = inside.first; column < inside.last; ++column)
      tinyc_copy_bytes(to + column * depth, input + (y * p->in_width + left + column * p->dilation_x) * depth, depth);
  }
}

/* The patches of two neighbouring outputs whose windows lie inside the input and have no gaps within a row. */
TINYC_INLINE void tinyc_gather_inside(const tinyc_conv2d_packed_s8_params *p, const int8_t *from, int32_t run, int32_t depth,
                                      int8_t *bytes, int16_t *patch) {
  const int32_t next = p->stride_x * p->in_channels, in_row = p->dilation_y * p->in_width * p->in_channels;
  int32_t row;
  if ((run & 3) == 0) { /* whole words go straight into the patch */
    for (row = p->kernel_height; row > 0; --row, from += in_row) patch = tinyc_widen_two(patch, from, from + next, run);
  } else {
    int8_t *to0 = bytes, *to1 = bytes + depth;
    for (row = p->kernel_height; row > 0; --row, from += in_row) {
      to0 = tinyc_copy_bytes(to0, from, run);
      to1 = tinyc_copy_bytes(to1, from + next, run);
    }
    tinyc_widen_two(patch, bytes, bytes + depth, depth);
  }
}

/* scratch: 4 * strip bytes per input of an output (filled up to a multiple of 4), then twice those inputs as bytes. */
TINYC_INLINE void tinyc_conv2d_tiles(const tinyc_conv2d_packed_s8_params *p, const int8_t *input, int8_t *output, void *scratch,
                                     tinyc_tile_prepare prepare, tinyc_tile_flusher flush) {
  const int32_t run = p->kernel_width * p->in_channels, depth = (p->kernel_height * run + 3) & ~3;
  const int32_t in_row = p->in_width * p->in_channels;
  const tinyc_range columns = tinyc_interior(p->out_width, p->stride_x, p->pad_left,
                                             (p->kernel_width - 1) * p->dilation_x + 1, p->in_width);
  int16_t *const patches = (int16_t *)scratch;
  int8_t *const bytes = (int8_t *)(patches + 2 * depth * p->strip);
  int32_t oy, ox;
  tinyc_packed_tile tile;
  memset(bytes, 0, (size_t)(2 * depth));
  prepare(&tile, p->weights, patches, depth, p->out_channels, p->zero_point);
  tile.pixel0 = output;
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range rows = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
    const int32_t inside = p->dilation_x == 1 && rows.first == 0 && rows.last == p->kernel_height;
    for (ox = 0; ox < p->out_width; ox += 2) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice, by itself */
      int16_t *patch;
      if (!both) flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, 1);
      patch = patches + 2 * depth * tile.pairs++;
      if (inside && ox >= columns.first && ox + 1 < columns.last) {
        tinyc_gather_inside(p, input + top * in_row + (ox * p->stride_x - p->pad_left) * p->in_channels, run, depth, bytes,
                            patch);
      } else {
        tinyc_gather_patch(p, input, oy, ox, bytes);
        tinyc_gather_patch(p, input, oy, ox + both, bytes + depth);
        tinyc_widen_two(patch, bytes, bytes + depth, depth);
      }
      if (!both || tile.pairs == p->strip)
        flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, both);
    }
  }
  flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, 1);
}

TINYC_KERNEL void tinyc_conv2d_packed_s8(const tinyc_conv2d_packed_s8_params *p, const int8_t *input, int8_t *output,
                                         void *scratch) {
  tinyc_conv2d_tiles(p, input, output, scratch, tinyc_packed_tile_prepare, tinyc_packed_tile_flush);
}

#endif
