#ifndef TINYC_RUNTIME_CONV2D_1X1_TRIPLE_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_TRIPLE_S8_H
/* Pointwise convolution, three pixels at a time (triple_tile_s8.h). It may work in place: the pixels are gathered before they
 * are written, and go from the last to the first when they grow. */

#include "lib/runtime/triple_patch_s8.h"
#include "lib/runtime/triple_tile_s8.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int32_t *weights; /* triple_tile_s8.h */
  int32_t runs, run;      /* inputs are cut into `runs` of `run`, the last filled up */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_conv2d_1x1_triple_s8_params;

/* scratch: 8 bytes for each of runs * (run + 1) inputs. */
TINYC_NOINLINE void tinyc_conv2d_1x1_triple_s8(const tinyc_conv2d_1x1_triple_s8_params *p, const int8_t *input,
                                               int8_t *output, void *scratch) {
  const int32_t depth = p->in_channels, channels = p->out_channels, back = channels > depth;
  uint32_t *const patch = (uint32_t *)scratch;
  tinyc_triple_tile tile;
  int32_t at, left;
  tinyc_triple_prepare(&tile, p->weights, patch, channels, p->runs, p->run, p->zero_point);
  for (left = p->pixels; left > 0; left -= 3) {
    const int32_t second = left > 1, third = second + (left > 2);
    const int8_t *from;
    at = back ? tinyc_max_i32(0, left - 3) : p->pixels - left;
    from = input + at * depth;
    tinyc_triple_gather_rows(patch, p->runs, p->run, from, from + second * depth, from + third * depth, 1, depth, 0);
    tile.pixel[0] = output + at * channels;
    tile.pixel[1] = tile.pixel[0] + second * channels;
    tile.pixel[2] = tile.pixel[0] + third * channels;
    tinyc_triple_tile_run(&tile);
  }
  tinyc_triple_clamp(output, p->pixels * channels, p->clamp_low, p->clamp_high);
}

#endif
