#ifndef TINYC_RUNTIME_CONV2D_NIBBLE_S8_H
#define TINYC_RUNTIME_CONV2D_NIBBLE_S8_H
/* Convolution like conv2d_packed_s8.h, with weights in [-7, 7]. */

#include "lib/runtime/conv2d_packed_s8.h"
#include "lib/runtime/nibble_tile_s8.h"

typedef tinyc_conv2d_packed_s8_params tinyc_conv2d_nibble_s8_params; /* weights: nibble_tile_s8.h */

TINYC_KERNEL void tinyc_conv2d_nibble_s8(const tinyc_conv2d_nibble_s8_params *p, const int8_t *input, int8_t *output,
                                          void *scratch) {
  tinyc_conv2d_tiles(p, input, output, scratch, tinyc_nibble_tile_prepare, tinyc_nibble_tile_flush);
}

#endif
