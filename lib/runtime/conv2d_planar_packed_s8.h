#ifndef TINYC_RUNTIME_CONV2D_PLANAR_PACKED_S8_H
#define TINYC_RUNTIME_CONV2D_PLANAR_PACKED_S8_H
/* Convolution of channel-planar input with kernels three columns wide, of stride 1 or 2, and byte-pair weights.
 *
 * The window has in_channels * kernel_height rows of three taps. The patch of a pixel is a word per row of its outer taps,
 * then a word per two rows of their middle taps: what two loads and three widenings of a row yield for two pixels. */

#include "lib/runtime/packed_tile_s8.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height;
  int32_t stride_y, stride_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights; /* packed_tile_s8.h, in the order of the patch */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_planar_packed_s8_params;

TINYC_INLINE uint32_t tinyc_low_halves(uint32_t low, uint32_t high) { return (low & 0xffffu) | high << 16; }
TINYC_INLINE uint32_t tinyc_high_halves(uint32_t low, uint32_t high) { return low >> 16 | (high & 0xffff0000u); }
#if TINYC_DSP
TINYC_INLINE uint32_t tinyc_planar_even(uint32_t word) { return tinyc_sxtb16(word); }
TINYC_INLINE uint32_t tinyc_planar_odd(uint32_t word) { return tinyc_sxtb16_odd(word); }
#else
TINYC_INLINE uint32_t tinyc_planar_even(uint32_t word) {
  return ((uint32_t)(int8_t)(uint8_t)(word & 0xffu) & 0xffffu) | (uint32_t)(int8_t)(uint8_t)((word >> 16) & 0xffu) << 16;
}
TINYC_INLINE uint32_t tinyc_planar_odd(uint32_t word) { return tinyc_planar_even(word >> 8); }
#endif

/* The outer taps of one row for two pixels; returns what holds their middle taps: low and low half of *first and *second. */
TINYC_INLINE void tinyc_planar_row(const int8_t *row, int32_t stride, uint32_t *to, uint32_t *first, uint32_t *second) {
  const uint32_t word = tinyc_load_u32(row), odd = tinyc_planar_odd(word);
  to[0] = tinyc_planar_even(word);
  *first = odd;
  if (stride == 1) {
    to[1] = odd;
    *second = to[0];
  } else {
    to[1] = tinyc_planar_odd(tinyc_load_u32(row + 1));
    *second = odd;
  }
}

/* The patches of two pixels whose windows lie inside the input; rows[] are the offsets of the window's rows. */
TINYC_INLINE void tinyc_planar_inside(const int8_t *from, const int32_t *offset, int32_t rows, int32_t stride, uint32_t *to) {
  uint32_t *middle = to + 2 * rows, first[2], second[2];
  const int32_t *const end = offset + (rows & ~1);
  for (; offset != end; offset += 2, to += 4, middle += 2) {
    tinyc_planar_row(from + offset[0], stride, to, &first[0], &second[0]);
    tinyc_planar_row(from + offset[1], stride, to + 2, &first[1], &second[1]);
    middle[0] = tinyc_low_halves(first[0], first[1]);
    middle[1] = tinyc_high_halves(second[0], second[1]);
  }
  if ((rows & 1) != 0) {
    tinyc_planar_row(from + offset[0], stride, to, &first[0], &second[0]);
    middle[0] = first[0] & 0xffffu;
    middle[1] = second[0] >> 16;
  }
}

/* The patch of one pixel, 0 or 1, whose window may lie partly outside. */
TINYC_NOINLINE void tinyc_planar_border(const tinyc_conv2d_planar_packed_s8_params *p, const int8_t *input, int32_t top,
                                        int32_t left, int32_t pixel, int16_t *patch) {
  const int32_t rows = p->in_channels * p->kernel_height;
  int16_t *outer = patch + 2 * pixel, *middle = outer + 4 * rows;
  int32_t c, ky, kx, row = 0;
  for (c = 0; c < p->in_channels; ++c)
    for (ky = 0; ky < p->kernel_height; ++ky, ++row, outer += 4) {
      const int32_t y = top + ky, inside = y >= 0 && y < p->in_height;
      const int8_t *from = input + (c * p->in_height + y) * p->in_width + left;
      int16_t tap[3];
      for (kx = 0; kx < 3; ++kx)
        tap[kx] = (int16_t)(inside && left + kx >= 0 && left + kx < p->in_width ? from[kx] : p->in_zero_point);
      outer[0] = tap[0];
      outer[1] = tap[2];
      middle[4 * (row >> 1) + (row & 1)] = tap[1];
    }
}

/* scratch, with rows = in_channels * kernel_height: the patch, 8 bytes for each of rows * 3 / 2 words, rounded up to an even
 * number; then 4 bytes for each row. */
TINYC_KERNEL void tinyc_conv2d_planar_packed_s8(const tinyc_conv2d_planar_packed_s8_params *p, const int8_t *input,
                                                int8_t *output, void *scratch) {
  const int32_t rows = p->in_channels * p->kernel_height, words = (rows + ((rows + 1) >> 1) + 1) & ~1;
  const int32_t channels = p->out_channels, clamps = p->clamp_low > -128 || p->clamp_high < 127;
  const tinyc_range columns = tinyc_interior(p->out_width, p->stride_x, p->pad_left, 3, p->in_width);
  uint32_t *patch = (uint32_t *)scratch;
  int32_t *offset = (int32_t *)(patch + 2 * words);
  int32_t oy, ox, c, i = 0;
  tinyc_packed_tile tile;
  memset(patch, 0, (size_t)(8 * words));
  for (c = 0; c < p->in_channels; ++c)
    for (oy = 0; oy < p->kernel_height; ++oy) offset[i++] = (c * p->in_height + oy) * p->in_width;
  tile.weights = (const uint32_t *)p->weights;
  tile.patch = (const int16_t *)patch;
  tile.patch_end = (const int16_t *)(patch + 2 * words);
  tile.zero_point = p->zero_point;
  tinyc_packed_tile_prepare(&tile, channels);
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const int32_t inside = top >= 0 && top + p->kernel_height <= p->in_height;
    const int8_t *from = input + top * p->in_width - p->pad_left;
    int32_t left = -p->pad_left;
    for (ox = 0; ox < p->out_width; ox += 2, left += 2 * p->stride_x, from += 2 * p->stride_x) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice */
      if (inside && ox >= columns.first && ox + 1 < columns.last) {
        if (p->stride_x == 1)
          tinyc_planar_inside(from, offset, rows, 1, patch);
        else
          tinyc_planar_inside(from, offset, rows, 2, patch);
      } else {
        tinyc_planar_border(p, input, top, left, 0, (int16_t *)patch);
        tinyc_planar_border(p, input, top, left + both * p->stride_x, 1, (int16_t *)patch);
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
