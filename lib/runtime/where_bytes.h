#ifndef TINYC_RUNTIME_WHERE_BYTES_H
#define TINYC_RUNTIME_WHERE_BYTES_H
/* y = condition ? a : b over broadcast shapes of up to four axes. y is dense. Elements of any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t c_stride0, c_stride1, c_stride2, c_stride3; /* in bytes; 0 repeats */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3;
  int32_t b_stride0, b_stride1, b_stride2, b_stride3;
  int32_t element_bytes;
} tinyc_where_bytes_params;

TINYC_KERNEL void tinyc_where_bytes(const tinyc_where_bytes_params *p, const uint8_t *condition, const void *a,
                                    const void *b, void *y) {
  const int32_t bytes = p->element_bytes;
  int8_t *to = (int8_t *)y;
  int32_t i0, i1, i2, i3;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const uint8_t *from_c = condition + (i0 * p->c_stride0 + i1 * p->c_stride1 + i2 * p->c_stride2);
        const int8_t *from_a = (const int8_t *)a + (i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2);
        const int8_t *from_b = (const int8_t *)b + (i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2);
        for (i3 = 0; i3 < p->size3; ++i3, to += bytes) {
          memcpy(to, *from_c ? from_a : from_b, (size_t)bytes);
          from_c += p->c_stride3;
          from_a += p->a_stride3;
          from_b += p->b_stride3;
        }
      }
    }
  }
}

#endif
