#ifndef TINYC_RUNTIME_BINARY_F32_H
#define TINYC_RUNTIME_BINARY_F32_H
/* y = clamp(f(a, b)) over broadcast shapes of up to four axes. y is dense; it may be an operand that has as many
 * elements. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* in elements; 0 repeats */
  int32_t b_stride0, b_stride1, b_stride2, b_stride3;
  float clamp_low, clamp_high;
} tinyc_binary_f32_params;

TINYC_INLINE void tinyc_binary_f32(const tinyc_binary_f32_params *p, const float *a, const float *b, float *y,
                                   float (*f)(float, float)) {
  const float low = p->clamp_low, high = p->clamp_high;
  const int32_t a_step = p->a_stride3, b_step = p->b_stride3;
  int32_t i0, i1, i2, i3;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const float *from_a = a + (i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2);
        const float *from_b = b + (i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2);
        for (i3 = 0; i3 < p->size3; ++i3, from_a += a_step, from_b += b_step)
          *y++ = tinyc_clamp_f32(f(*from_a, *from_b), low, high);
      }
    }
  }
}

#endif
