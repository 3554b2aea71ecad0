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
  int32_t strip; /* pairs of outputs gathered at a time */
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
  const tinyc_range taps = tinyc_taps_inside(left, p->in_width, 3, 1);
  int16_t *outer = patch + 2 * pixel, *middle = outer + 4 * rows;
  const int8_t padding = (int8_t)p->in_zero_point, outside[3] = {padding, padding, padding};
  const int32_t inside = taps.last - taps.first;
  int8_t row[3] = {padding, padding, padding};
  int32_t c, y, odd = 0;
  for (c = p->in_channels; c > 0; --c, input += p->in_height * p->in_width)
    for (y = top; y < top + p->kernel_height; ++y, outer += 4) {
      const int8_t *from = input + y * p->in_width + left;
      if (y < 0 || y >= p->in_height) {
        from = outside;
      } else if (inside < 3) {
        memcpy(row + taps.first, from + taps.first, (size_t)inside);
        from = row;
      }
      outer[0] = from[0];
      middle[odd] = from[1];
      outer[1] = from[2];
      middle += 4 * odd;
      odd ^= 1;
    }
}

/* scratch, with rows = in_channels * kernel_height: the patches, 8 * strip bytes for each of rows * 3 / 2 words, rounded up to an
 * even number; then 4 bytes for each row. */
TINYC_INLINE void tinyc_conv2d_planar_tiles(const tinyc_conv2d_planar_packed_s8_params *p, const int8_t *input, int8_t *output,
                                            void *scratch, tinyc_tile_prepare prepare, tinyc_tile_flusher flush) {
  const int32_t rows = p->in_channels * p->kernel_height, words = (rows + ((rows + 1) >> 1) + 1) & ~1;
  const tinyc_range columns = tinyc_interior(p->out_width, p->stride_x, p->pad_left, 3, p->in_width);
  uint32_t *const patches = (uint32_t *)scratch;
  int32_t *const offset = (int32_t *)(patches + 2 * words * p->strip);
  int32_t oy, ox, c, i = 0;
  tinyc_packed_tile tile;
  memset(patches, 0, (size_t)(8 * words * p->strip));
  for (c = 0; c < p->in_channels; ++c)
    for (oy = 0; oy < p->kernel_height; ++oy) offset[i++] = (c * p->in_height + oy) * p->in_width;
  prepare(&tile, p->weights, (const int16_t *)patches, 2 * words, p->out_channels, p->zero_point);
  tile.pixel0 = output;
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const int32_t inside = top >= 0 && top + p->kernel_height <= p->in_height, below = top + p->kernel_height < p->in_height;
    const int8_t *from = input + top * p->in_width - p->pad_left;
    int32_t left = -p->pad_left;
    for (ox = 0; ox < p->out_width; ox += 2, left += 2 * p->stride_x, from += 2 * p->stride_x) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice, by itself */
      uint32_t *patch;
      if (!both) flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, 1);
      patch = patches + 2 * words * tile.pairs++;
      if (inside && ox >= columns.first && ox + 1 < columns.last) {
        if (p->stride_x == 1)
          tinyc_planar_inside(from, offset, rows, 1, patch);
        else
          tinyc_planar_inside(from, offset, rows, 2, patch);
      } else if (inside && below && both && ox >= columns.first && left + p->stride_x + 2 == p->in_width) {
        /* one column of padding: what was read is the next row's */
        tinyc_planar_inside(from, offset, rows, p->stride_x, patch);
        for (i = 0; i < rows; ++i) ((int16_t *)patch)[4 * i + 3] = (int16_t)p->in_zero_point;
      } else {
        tinyc_planar_border(p, input, top, left, 0, (int16_t *)patch);
        tinyc_planar_border(p, input, top, left + both * p->stride_x, 1, (int16_t *)patch);
      }
      if (!both || tile.pairs == p->strip)
        flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, both);
    }
  }
  flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, 1);
}

TINYC_KERNEL void tinyc_conv2d_planar_packed_s8(const tinyc_conv2d_planar_packed_s8_params *p, const int8_t *input,
                                                int8_t *output, void *scratch) {
  tinyc_conv2d_planar_tiles(p, input, output, scratch, tinyc_packed_tile_prepare, tinyc_packed_tile_flush);
}

#endif
