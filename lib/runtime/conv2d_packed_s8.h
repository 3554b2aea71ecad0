#ifndef TINYC_RUNTIME_CONV2D_PACKED_S8_H
#define TINYC_RUNTIME_CONV2D_PACKED_S8_H
/* Convolution with byte-pair weights: the inputs of two neighbouring outputs are gathered as halfwords, then multiplied with
 * all channels. Results are clamped to [-128, 127] by saturation, or further when the layer asks for it. A pointwise one with
 * no more outputs than inputs may work in place: both pixels are gathered before they are written. */

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
} tinyc_conv2d_packed_s8_params;

/* Four bytes per step of every other pair of words; count is a multiple of 4. */
TINYC_INLINE int16_t *tinyc_widen_one(int16_t *to, const int8_t *from, int32_t count) {
#if TINYC_DSP
  for (; count > 0; count -= 4, from += 4, to += 8) {
    const uint32_t word = tinyc_load_u32(from);
    tinyc_store_u32_aligned(to, tinyc_sxtb16(word));
    tinyc_store_u32_aligned(to + 4, tinyc_sxtb16_odd(word));
  }
#else
  for (; count > 0; count -= 4, from += 4, to += 8) {
    to[0] = from[0];
    to[1] = from[2];
    to[4] = from[1];
    to[5] = from[3];
  }
#endif
  return to;
}

/* Both pixels at once. */
TINYC_INLINE int16_t *tinyc_widen_two(int16_t *to, const int8_t *from0, const int8_t *from1, int32_t count) {
#if TINYC_DSP
  for (; count >= 8; count -= 8, from0 += 8, from1 += 8, to += 16) {
    const uint32_t a = tinyc_load_u32(from0), b = tinyc_load_u32(from0 + 4);
    const uint32_t c = tinyc_load_u32(from1), d = tinyc_load_u32(from1 + 4);
    tinyc_store_u32_aligned(to, tinyc_sxtb16(a));
    tinyc_store_u32_aligned(to + 2, tinyc_sxtb16(c));
    tinyc_store_u32_aligned(to + 4, tinyc_sxtb16_odd(a));
    tinyc_store_u32_aligned(to + 6, tinyc_sxtb16_odd(c));
    tinyc_store_u32_aligned(to + 8, tinyc_sxtb16(b));
    tinyc_store_u32_aligned(to + 10, tinyc_sxtb16(d));
    tinyc_store_u32_aligned(to + 12, tinyc_sxtb16_odd(b));
    tinyc_store_u32_aligned(to + 14, tinyc_sxtb16_odd(d));
  }
  if (count == 0) return to;
#endif
  tinyc_widen_one(to + 2, from1, count);
  return tinyc_widen_one(to, from0, count);
}

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

/* scratch: the patch, 4 bytes per input of an output (filled up to a multiple of 4), then twice those inputs as bytes. */
TINYC_KERNEL void tinyc_conv2d_packed_s8(const tinyc_conv2d_packed_s8_params *p, const int8_t *input, int8_t *output,
                                         void *scratch) {
  const int32_t run = p->kernel_width * p->in_channels, depth = (p->kernel_height * run + 3) & ~3;
  const int32_t channels = p->out_channels, in_row = p->in_width * p->in_channels;
  const int32_t clamps = p->clamp_low > -128 || p->clamp_high < 127;
  const tinyc_range columns = tinyc_interior(p->out_width, p->stride_x, p->pad_left,
                                             (p->kernel_width - 1) * p->dilation_x + 1, p->in_width);
  int16_t *patch = (int16_t *)scratch;
  int8_t *bytes = (int8_t *)(patch + 2 * depth);
  int32_t oy, ox, i;
  tinyc_packed_tile tile;
  memset(bytes, 0, (size_t)(2 * depth));
  tile.weights = (const uint32_t *)p->weights;
  tile.patch = patch;
  tile.patch_end = patch + 2 * depth;
  tile.zero_point = p->zero_point;
  tinyc_packed_tile_prepare(&tile, channels);
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const tinyc_range rows = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
    const int32_t inside = p->dilation_x == 1 && rows.first == 0 && rows.last == p->kernel_height;
    for (ox = 0; ox < p->out_width; ox += 2) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice */
      if (inside && ox >= columns.first && ox + 1 < columns.last) {
        tinyc_gather_inside(p, input + top * in_row + (ox * p->stride_x - p->pad_left) * p->in_channels, run, depth, bytes,
                            patch);
      } else {
        tinyc_gather_patch(p, input, oy, ox, bytes);
        tinyc_gather_patch(p, input, oy, ox + both, bytes + depth);
        tinyc_widen_two(patch, bytes, bytes + depth, depth);
      }
      tile.pixel0 = output;
      tile.pixel1 = output + both * channels;
      tinyc_packed_tile_s8(&tile, channels);
      if (clamps)
        for (i = 0; i < (1 + both) * channels; ++i) output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
      output += (1 + both) * channels;
    }
  }
}

#endif
