#ifndef TINYC_RUNTIME_COMPARE_F32_H
#define TINYC_RUNTIME_COMPARE_F32_H
/* y = whether f(a, b), over broadcast shapes of up to four axes. y is dense. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* in elements; 0 repeats */
  int32_t b_stride0, b_stride1, b_stride2, b_stride3;
} tinyc_compare_f32_params;

TINYC_INLINE void tinyc_compare_f32(const tinyc_compare_f32_params *p, const float *a, const float *b, uint8_t *y,
                                    int (*f)(float, float)) {
  const int32_t a_step = p->a_stride3, b_step = p->b_stride3;
  int32_t i0, i1, i2, i3;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const float *from_a = a + (i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2);
        const float *from_b = b + (i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2);
        for (i3 = 0; i3 < p->size3; ++i3, from_a += a_step, from_b += b_step) *y++ = f(*from_a, *from_b) ? 1 : 0;
      }
    }
  }
}

#endif
