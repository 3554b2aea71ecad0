#ifndef TINYC_RUNTIME_GATHER_BYTES_H
#define TINYC_RUNTIME_GATHER_BYTES_H
/* y[i0][i1][i2] = x[index0[i0]][index1[i1]][index2[i2]], each element a run of bytes; y is dense. Elements of
 * any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t size0, size1, size2, run_bytes; /* of y, outermost first */
  int32_t in_step0, in_step1, in_step2;   /* bytes from one index to the next */
  const uint16_t *index0, *index1, *index2;
} tinyc_gather_bytes_params;

TINYC_KERNEL void tinyc_gather_bytes(const tinyc_gather_bytes_params *p, const void *TINYC_RESTRICT x,
                                     void *TINYC_RESTRICT y) {
  const int32_t run = p->run_bytes;
  int8_t *to = (int8_t *)y;
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      const int8_t *from = (const int8_t *)x + (p->index0[i0] * p->in_step0 + p->index1[i1] * p->in_step1);
      for (i2 = 0; i2 < p->size2; ++i2, to += run) memcpy(to, from + p->index2[i2] * p->in_step2, (size_t)run);
    }
  }
}

#endif
