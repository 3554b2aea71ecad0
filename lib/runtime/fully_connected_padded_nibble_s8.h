#ifndef TINYC_RUNTIME_FULLY_CONNECTED_PADDED_NIBBLE_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_PADDED_NIBBLE_S8_H
/* Like fully_connected_nibble_s8.h, for any number of inputs. */

#include "lib/runtime/fully_connected_nibble_s8.h"

typedef tinyc_fully_connected_nibble_s8_params tinyc_fully_connected_padded_nibble_s8_params;

/* scratch: the inputs, filled up to a multiple of 4. */
TINYC_KERNEL void tinyc_fully_connected_padded_nibble_s8(const tinyc_fully_connected_padded_nibble_s8_params *p,
                                                         const int8_t *input, int8_t *output, void *scratch) {
  int32_t r;
  memset(scratch, 0, (size_t)((p->inputs + 3) & ~3));
  for (r = 0; r < p->rows; ++r, input += p->inputs, output += p->outputs) {
    memcpy(scratch, input, (size_t)p->inputs);
    tinyc_nibble_vector(p, (const int8_t *)scratch, output);
  }
}

#endif
