#ifndef TINYC_RUNTIME_CONV2D_PLANAR_MVE_S8_H
#define TINYC_RUNTIME_CONV2D_PLANAR_MVE_S8_H
/* Convolution of channel-planar input for cores with MVE: gathering loads collect the inputs of two neighbouring outputs, in
 * the order channel, row, column. The input is below 64 KiB. */

#include "lib/runtime/mve_tile_s8.h"

typedef struct {
  int32_t in_height, in_width, in_channels;
  int32_t out_height, out_width, out_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, pad_top, pad_left;
  int32_t in_zero_point;
  const int32_t *weights; /* mve_tile_s8.h, in the order of the inputs */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_planar_mve_s8_params;

/* `depth` inputs, a multiple of 16, of two outputs: those at `from` plus the offsets, and `next` bytes further. */
TINYC_INLINE void tinyc_planar_collect(const int8_t *from, int32_t next, const uint16_t *offset, int32_t depth, int8_t *to) {
#if TINYC_MVE
  int32_t i;
  for (i = depth >> 3; i > 0; --i, offset += 8, to += 8) {
    const uint16x8_t at = vldrhq_u16(offset);
    vstrbq_s16(to, vldrbq_gather_offset_s16(from, at));
    vstrbq_s16(to + depth, vldrbq_gather_offset_s16(from + next, at));
  }
#else
  int32_t i;
  for (i = 0; i < depth; ++i) {
    to[i] = from[offset[i]];
    to[depth + i] = from[next + offset[i]];
  }
#endif
}

/* The inputs of one output whose window may lie partly outside. */
TINYC_NOINLINE void tinyc_planar_edge(const tinyc_conv2d_planar_mve_s8_params *p, const int8_t *input, int32_t top, int32_t left,
                                      int8_t *to) {
  const int32_t height = p->in_height, width = p->in_width;
  int32_t c, y, x;
  for (c = p->in_channels; c > 0; --c, input += height * width)
    for (y = top; y < top + p->kernel_height; ++y)
      for (x = left; x < left + p->kernel_width; ++x)
        *to++ = (int8_t)(y >= 0 && y < height && x >= 0 && x < width ? input[y * width + x] : p->in_zero_point);
}

/* scratch: four bytes for each input of an output, filled up to a multiple of 16. */
TINYC_KERNEL void tinyc_conv2d_planar_mve_s8(const tinyc_conv2d_planar_mve_s8_params *p, const int8_t *input, int8_t *output,
                                             void *scratch) {
  const int32_t taps = p->in_channels * p->kernel_height * p->kernel_width, depth = (taps + 15) & ~15;
  uint16_t *const offset = (uint16_t *)scratch;
  int8_t *const patch = (int8_t *)(offset + depth);
  int32_t oy, ox, c, i = 0;
  tinyc_mve_tile tile;
  memset(scratch, 0, (size_t)(4 * depth));
  for (c = 0; c < p->in_channels; ++c)
    for (oy = 0; oy < p->kernel_height; ++oy)
      for (ox = 0; ox < p->kernel_width; ++ox) offset[i++] = (uint16_t)((c * p->in_height + oy) * p->in_width + ox);
  tinyc_mve_tile_prepare(&tile, p->weights, patch, depth, p->out_channels, p->zero_point);
  for (oy = 0; oy < p->out_height; ++oy) {
    const int32_t top = oy * p->stride_y - p->pad_top;
    const int32_t inside = top >= 0 && top + p->kernel_height <= p->in_height;
    for (ox = 0; ox < p->out_width; ox += 2) {
      const int32_t both = ox + 1 < p->out_width; /* a last odd pixel is computed twice */
      const int32_t left = ox * p->stride_x - p->pad_left, next = both * p->stride_x;
      if (inside && left >= 0 && left + next + p->kernel_width <= p->in_width) {
        tinyc_planar_collect(input + top * p->in_width + left, next, offset, depth, patch);
      } else {
        tinyc_planar_edge(p, input, top, left, patch);
        tinyc_planar_edge(p, input, top, left + next, patch + depth);
      }
      tinyc_mve_tile_store(&tile, output, p->out_channels, p->clamp_low, p->clamp_high, both);
      output += (1 + both) * p->out_channels;
    }
  }
}

#endif
