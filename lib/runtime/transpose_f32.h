#ifndef TINYC_RUNTIME_TRANSPOSE_F32_H
#define TINYC_RUNTIME_TRANSPOSE_F32_H
/* y[i0]...[i5] = x[i0 * stride0 + ... + i5 * stride5], in elements; y is dense. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t size0, size1, size2, size3, size4, size5; /* of y, outermost first */
  int32_t stride0, stride1, stride2, stride3, stride4, stride5;
} tinyc_transpose_f32_params;

TINYC_KERNEL void tinyc_transpose_f32(const tinyc_transpose_f32_params *p, const float *TINYC_RESTRICT x,
                                      float *TINYC_RESTRICT y) {
  const int32_t step = p->stride5;
  int32_t i0, i1, i2, i3, i4, i5;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        for (i3 = 0; i3 < p->size3; ++i3) {
          const float *row = x + (i0 * p->stride0 + i1 * p->stride1 + i2 * p->stride2 + i3 * p->stride3);
          for (i4 = 0; i4 < p->size4; ++i4, row += p->stride4) {
            const float *from = row;
            for (i5 = p->size5; i5 > 0; --i5, from += step) *y++ = *from;
          }
        }
      }
    }
  }
}

#endif
