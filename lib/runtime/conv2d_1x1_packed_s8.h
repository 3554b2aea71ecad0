#ifndef TINYC_RUNTIME_CONV2D_1X1_PACKED_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_PACKED_S8_H
/* Pointwise convolution with byte-pair weights, of a multiple of four channels. It may work in place: a strip of pixels is
 * gathered before it is written, and the strips go from the last to the first when the pixels grow. */

#include "lib/runtime/packed_patch_s8.h"
#include "lib/runtime/packed_tile_s8.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int32_t *weights; /* packed_tile_s8.h */
  int32_t zero_point, clamp_low, clamp_high;
  int32_t strip; /* pairs of pixels at a time */
} tinyc_conv2d_1x1_packed_s8_params;

/* `pairs` pairs of pixels from pixel `at` on; when not `both`, one pixel, computed twice. */
TINYC_INLINE void tinyc_pointwise_strip(const tinyc_conv2d_1x1_packed_s8_params *p, tinyc_packed_tile *tile, const int8_t *input,
                                        int8_t *output, int16_t *patch, int32_t at, int32_t pairs, int32_t both,
                                        tinyc_tile_flusher flush) {
  const int32_t depth = p->in_channels;
  const int8_t *from = input + at * depth;
  int32_t i;
  for (i = pairs; i > 0; --i, from += 2 * depth, patch += 2 * depth) tinyc_widen_two(patch, from, from + both * depth, depth);
  tile->pairs = pairs;
  tile->pixel0 = output + at * p->out_channels;
  flush(tile, p->out_channels, p->clamp_low, p->clamp_high, both);
}

/* scratch: 4 * strip bytes per input channel. */
TINYC_INLINE void tinyc_conv2d_1x1_tiles(const tinyc_conv2d_1x1_packed_s8_params *p, const int8_t *input, int8_t *output,
                                         void *scratch, tinyc_tile_prepare prepare, tinyc_tile_flusher flush) {
  int16_t *const patch = (int16_t *)scratch;
  const int32_t odd = p->pixels & 1, pairs = p->pixels >> 1;
  int32_t left, at;
  tinyc_packed_tile tile;
  prepare(&tile, p->weights, patch, p->in_channels, p->out_channels, p->zero_point);
  if (p->out_channels > p->in_channels) {
    if (odd) tinyc_pointwise_strip(p, &tile, input, output, patch, 2 * pairs, 1, 0, flush);
    for (left = pairs; left > 0; left = at) {
      at = tinyc_max_i32(0, left - p->strip);
      tinyc_pointwise_strip(p, &tile, input, output, patch, 2 * at, left - at, 1, flush);
    }
  } else {
    for (at = 0; at < pairs; at += p->strip)
      tinyc_pointwise_strip(p, &tile, input, output, patch, 2 * at, tinyc_min_i32(p->strip, pairs - at), 1, flush);
    if (odd) tinyc_pointwise_strip(p, &tile, input, output, patch, 2 * pairs, 1, 0, flush);
  }
}

TINYC_KERNEL void tinyc_conv2d_1x1_packed_s8(const tinyc_conv2d_1x1_packed_s8_params *p, const int8_t *input, int8_t *output,
                                             void *scratch) {
  tinyc_conv2d_1x1_tiles(p, input, output, scratch, tinyc_packed_tile_prepare, tinyc_packed_tile_flush);
}

#endif
