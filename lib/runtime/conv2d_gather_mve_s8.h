#ifndef TINYC_RUNTIME_CONV2D_GATHER_MVE_S8_H
#define TINYC_RUNTIME_CONV2D_GATHER_MVE_S8_H
/* Convolution of few channels, interleaved or in planes, for cores with MVE: gathering loads collect the inputs of two neighbouring
 * outputs, in the order channel, row, column. The input is below 64 KiB. */

#include "lib/runtime/mve_tile_s8.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t planar; /* whether channels are planes of in_height by in_width */
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights; /* mve_tile_s8.h, in the order of the inputs */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_gather_mve_s8_params;

/* Of every tap, filled up to a multiple of 16: its offset from the window's first one, its row and its column. */
typedef struct {
  uint16_t *offset, *row, *column;
  int32_t depth;
  int32_t in_row, in_column; /* bytes from one to the next */
} tinyc_gather_taps;

/* The inputs of two outputs whose windows, the second `next` bytes further, lie inside. */
TINYC_INLINE void tinyc_gather_both(const int8_t *from, int32_t next, const tinyc_gather_taps *taps, int8_t *to) {
  const int32_t depth = taps->depth;
  const uint16_t *offset = taps->offset;
  int32_t i;
#if TINYC_MVE
  for (i = depth >> 3; i > 0; --i, offset += 8, to += 8) {
    const uint16x8_t at = vldrhq_u16(offset);
    vstrbq_s16(to, vldrbq_gather_offset_s16(from, at));
    vstrbq_s16(to + depth, vldrbq_gather_offset_s16(from + next, at));
  }
#else
  for (i = 0; i < depth; ++i) {
    to[i] = from[offset[i]];
    to[depth + i] = from[next + offset[i]];
  }
#endif
}

/* The inputs of one output whose window may lie partly outside. */
TINYC_NOINLINE void tinyc_gather_edge(const tinyc_conv2d_gather_mve_s8_params *p, const int8_t *input, const tinyc_gather_taps *taps,
                                      int32_t top, int32_t left, int8_t *to) {
  const int32_t first_row = tinyc_max_i32(0, -top), rows = tinyc_max_i32(0, p->in_height - top - first_row);
  const int32_t first_column = tinyc_max_i32(0, -left), columns = tinyc_max_i32(0, p->in_width - left - first_column);
  const int32_t start = top * taps->in_row + left * taps->in_column;
  int32_t i;
#if TINYC_MVE
  const uint16x8_t below = vdupq_n_u16((uint16_t)rows), right = vdupq_n_u16((uint16_t)columns);
  const int16x8_t zero = vdupq_n_s16((int16_t)p->in_zero_point);
  for (i = 0; i < taps->depth; i += 8) {
    const uint16x8_t row = vsubq_n_u16(vldrhq_u16(taps->row + i), (uint16_t)first_row);
    const uint16x8_t column = vsubq_n_u16(vldrhq_u16(taps->column + i), (uint16_t)first_column);
    const mve_pred16_t inside = vcmphiq_m_u16(right, column, vcmphiq_u16(below, row));
    const uint16x8_t at = vaddq_n_u16(vldrhq_u16(taps->offset + i), (uint16_t)start);
    vstrbq_s16(to + i, vpselq_s16(vldrbq_gather_offset_z_s16(input, at, inside), zero, inside));
  }
#else
  for (i = 0; i < taps->depth; ++i) {
    const int32_t row = taps->row[i] - first_row, column = taps->column[i] - first_column;
    const int32_t inside = row >= 0 && row < rows && column >= 0 && column < columns;
    to[i] = (int8_t)(inside ? input[start + taps->offset[i]] : p->in_zero_point);
  }
#endif
}

/* scratch: eight bytes for each input of an output, filled up to a multiple of 16. */
TINYC_KERNEL void tinyc_conv2d_gather_mve_s8(const tinyc_conv2d_gather_mve_s8_params *p, const int8_t *input, int8_t *output,
                                             void *scratch) {
  const int32_t depth = (p->in_channels * p->kernel_height * p->kernel_width + 15) & ~15;
  int8_t *const patch = (int8_t *)scratch + 6 * depth;
  const int32_t in_channel = p->planar ? p->in_height * p->in_width : 1;
  int32_t oy, ox, c, i = 0;
  tinyc_gather_taps taps;
  tinyc_mve_tile tile;
  taps.offset = (uint16_t *)scratch;
  taps.row = taps.offset + depth;
  taps.column = taps.row + depth;
  taps.depth = depth;
  taps.in_column = p->planar ? 1 : p->in_channels;
  taps.in_row = p->in_width * taps.in_column;
  memset(scratch, 0, (size_t)(6 * depth));
  for (c = 0; c < p->in_channels; ++c)
    for (oy = 0; oy < p->kernel_height; ++oy)
      for (ox = 0; ox < p->kernel_width; ++ox, ++i) {
        taps.offset[i] = (uint16_t)(c * in_channel + oy * taps.in_row + ox * taps.in_column);
        taps.row[i] = (uint16_t)oy;
        taps.column[i] = (uint16_t)ox;
      }
  tinyc_mve_tile_prepare(&tile, p->weights, patch, depth, p->out_channels, p->zero_point);
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const int32_t inside = top >= 0 && top + p->kernel_height <= p->in_height;
    for (ox = 0; ox < p->out_width; ox += 2) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice */
      const int32_t left = ox * p->stride_x - p->pad_left, next = both * p->stride_x;
      if (inside && left >= 0 && left + next + p->kernel_width <= p->in_width) {
        tinyc_gather_both(input + top * taps.in_row + left * taps.in_column, next * taps.in_column, &taps, patch);
      } else {
        tinyc_gather_edge(p, input, &taps, top, left, patch);
        tinyc_gather_edge(p, input, &taps, top, left + next, patch + depth);
      }
      tinyc_mve_tile_store(&tile, output, p->out_channels, p->clamp_low, p->clamp_high, both);
      output += (1 + both) * p->out_channels;
    }
  }
}

#endif
