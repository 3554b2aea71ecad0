#ifndef TINYC_RUNTIME_TRANSPOSE_S8_H
#define TINYC_RUNTIME_TRANSPOSE_S8_H
/* y[i0]...[i4] = x[i0 * stride0 + ... + i4 * stride4]; y is dense. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t size0, size1, size2, size3, size4; /* of y, outermost first */
  int32_t stride0, stride1, stride2, stride3, stride4;
} tinyc_transpose_s8_params;

TINYC_KERNEL void tinyc_transpose_s8(const tinyc_transpose_s8_params *p, const int8_t *TINYC_RESTRICT x,
                                     int8_t *TINYC_RESTRICT y) {
  const int32_t run = p->size4, step = p->stride4;
  int32_t i0, i1, i2, i3, i4;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const int8_t *row = x + (i0 * p->stride0 + i1 * p->stride1 + i2 * p->stride2);
        for (i3 = 0; i3 < p->size3; ++i3, row += p->stride3, y += run) {
          const int8_t *from = row;
          if (step == 1) {
            memcpy(y, from, (size_t)run);
          } else {
            for (i4 = 0; i4 < run; ++i4, from += step) y[i4] = *from;
          }
        }
      }
    }
  }
}

#endif
