#ifndef TINYC_RUNTIME_TRANSPOSE_BYTES_H
#define TINYC_RUNTIME_TRANSPOSE_BYTES_H
/* y[i0]...[i5] = x[i0 * stride0 + ... + i5 * stride5], each element a run of bytes; y is dense. Elements of
 * any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t size0, size1, size2, size3, size4, size5; /* of y, outermost first */
  int32_t stride0, stride1, stride2, stride3, stride4, stride5; /* in bytes */
  int32_t run_bytes;
} tinyc_transpose_bytes_params;

TINYC_KERNEL void tinyc_transpose_bytes(const tinyc_transpose_bytes_params *p, const void *TINYC_RESTRICT x,
                                        void *TINYC_RESTRICT y) {
  const int32_t run = p->run_bytes;
  int8_t *to = (int8_t *)y;
  int32_t i0, i1, i2, i3, i4, i5;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        for (i3 = 0; i3 < p->size3; ++i3) {
          const int32_t first = i0 * p->stride0 + i1 * p->stride1 + i2 * p->stride2 + i3 * p->stride3;
          const int8_t *row = (const int8_t *)x + first;
          for (i4 = 0; i4 < p->size4; ++i4, row += p->stride4) {
            const int8_t *from = row;
            for (i5 = p->size5; i5 > 0; --i5, from += p->stride5, to += run) memcpy(to, from, (size_t)run);
          }
        }
      }
    }
  }
}

#endif
