#ifndef TINYC_RUNTIME_CONV2D_1X1_MVE_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_MVE_S8_H
/* Pointwise convolution for cores with MVE. It may work in place: two pixels are copied before they are written, and the
 * pixels go from the last to the first when they grow. */

#include "lib/runtime/mve_tile_s8.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int32_t *weights; /* mve_tile_s8.h */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_1x1_mve_s8_params;

/* Two pixels, or when not `both` one, from this one on. */
TINYC_INLINE void tinyc_pointwise_mve(const tinyc_conv2d_1x1_mve_s8_params *p, tinyc_mve_tile *tile, const int8_t *input,
                                      int8_t *output, int8_t *patch, int32_t pixel, int32_t both) {
  const int32_t channels = p->in_channels, depth = (channels + 15) & ~15;
  const int8_t *from = input + pixel * channels;
  if (depth == channels && both) {
    tinyc_mve_copy(patch, from, 2 * channels);
  } else {
    tinyc_mve_copy(patch, from, channels);
    tinyc_mve_copy(patch + depth, from + both * channels, channels);
  }
  tinyc_mve_tile_store(tile, output + pixel * p->out_channels, p->out_channels, p->clamp_low, p->clamp_high, both);
}

/* scratch: two bytes per input channel, filled up to a multiple of 16. */
TINYC_KERNEL void tinyc_conv2d_1x1_mve_s8(const tinyc_conv2d_1x1_mve_s8_params *p, const int8_t *input, int8_t *output,
                                          void *scratch) {
  int8_t *const patch = (int8_t *)scratch;
  const int32_t even = p->pixels & ~1, odd = p->pixels & 1, backwards = p->out_channels > p->in_channels;
  int32_t done;
  tinyc_mve_tile tile;
  tinyc_mve_tile_prepare(&tile, p->weights, patch, (p->in_channels + 15) & ~15, p->out_channels, p->zero_point);
  if (odd && backwards) tinyc_pointwise_mve(p, &tile, input, output, patch, even, 0);
  for (done = 0; done < even; done += 2)
    tinyc_pointwise_mve(p, &tile, input, output, patch, backwards ? even - 2 - done : done, 1);
  if (odd && !backwards) tinyc_pointwise_mve(p, &tile, input, output, patch, even, 0);
}

#endif
