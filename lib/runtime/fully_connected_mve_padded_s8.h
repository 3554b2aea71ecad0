#ifndef TINYC_RUNTIME_FULLY_CONNECTED_MVE_PADDED_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_MVE_PADDED_S8_H
/* fully_connected_mve_s8 with any number of inputs: the vector is copied first. */

#include "lib/runtime/fully_connected_mve_s8.h"

typedef tinyc_fully_connected_mve_s8_params tinyc_fully_connected_mve_padded_s8_params;

/* scratch: one byte per input, filled up to a multiple of 16. */
TINYC_KERNEL void tinyc_fully_connected_mve_padded_s8(const tinyc_fully_connected_mve_padded_s8_params *p, const int8_t *input,
                                                      int8_t *output, void *scratch) {
  tinyc_mve_copy((int8_t *)scratch, input, p->inputs);
  tinyc_fully_connected_mve_row(p, (const int8_t *)scratch, output);
}

#endif
