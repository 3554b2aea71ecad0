#ifndef TINYC_RUNTIME_DIV_S8_H
#define TINYC_RUNTIME_DIV_S8_H
/* y = clamp(requantize(a - a_zero_point)) with one multiplier per stored b, the result's sign turned where b is below
 * its zero point; over broadcast shapes of up to four axes. y is dense; it may be an operand that has as many elements.
 */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* of a, in elements; 0 repeats */
  int32_t b_stride0, b_stride1, b_stride2, b_stride3; /* of b */
  int32_t a_zero_point;
  int32_t b_zero_point;
  const int32_t *multiplier; /* of b + 128 */
  int32_t left_shift;
  int32_t zero_point;
  int32_t clamp_low;
  int32_t clamp_high;
  const int8_t *constant; /* b of tinyc_div_constant_s8; else 0 */
} tinyc_div_s8_params;

TINYC_KERNEL void tinyc_div_s8(const tinyc_div_s8_params *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int32_t *multiplier = p->multiplier + 128;
  const int32_t zero_a = p->a_zero_point, zero_b = p->b_zero_point;
  const int32_t left_shift = p->left_shift, zero_y = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const int32_t a_step = p->a_stride3, b_step = p->b_stride3;
  int32_t i0, i1, i2, i3;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const int8_t *from_a = a + (i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2);
        const int8_t *from_b = b + (i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2);
        for (i3 = 0; i3 < p->size3; ++i3, from_a += a_step, from_b += b_step) {
          const int32_t a_real = *from_a - zero_a, dividend = *from_b < zero_b ? -a_real : a_real;
          *y++ = tinyc_clamp_s8(tinyc_requantize(dividend, multiplier[*from_b], left_shift, zero_y), low, high);
        }
      }
    }
  }
}

#endif
