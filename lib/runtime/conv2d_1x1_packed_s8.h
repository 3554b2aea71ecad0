#ifndef TINYC_RUNTIME_CONV2D_1X1_PACKED_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_PACKED_S8_H
/* Pointwise convolution with byte-pair weights, of a multiple of four channels. It may work in place when it has no more outputs
 * than inputs: a strip of pixels is gathered before it is written. */

#include "lib/runtime/packed_patch_s8.h"
#include "lib/runtime/packed_tile_s8.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int32_t *weights; /* packed_tile_s8.h */
  int32_t zero_point, clamp_low, clamp_high;
  int32_t strip; /* pairs of pixels at a time */
} tinyc_conv2d_1x1_packed_s8_params;

/* scratch: 4 * strip bytes per input channel. */
TINYC_KERNEL void tinyc_conv2d_1x1_packed_s8(const tinyc_conv2d_1x1_packed_s8_params *p, const int8_t *input, int8_t *output,
                                             void *scratch) {
  const int32_t depth = p->in_channels, odd = p->pixels & 1;
  int32_t left = p->pixels >> 1, i;
  tinyc_packed_tile tile;
  tinyc_packed_tile_prepare(&tile, p->weights, (int16_t *)scratch, depth, p->out_channels, p->zero_point);
  tile.pixel0 = output;
  for (; left > 0; left -= p->strip) {
    int16_t *patch = (int16_t *)scratch;
    tile.pairs = tinyc_min_i32(left, p->strip);
    for (i = tile.pairs; i > 0; --i, input += 2 * depth, patch += 2 * depth)
      tinyc_widen_two(patch, input, input + depth, depth);
    tinyc_packed_tile_flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, 1);
  }
  if (odd) { /* computed twice */
    tinyc_widen_two((int16_t *)scratch, input, input, depth);
    tile.pairs = 1;
    tinyc_packed_tile_flush(&tile, p->out_channels, p->clamp_low, p->clamp_high, 0);
  }
}

#endif
