#ifndef TINYC_RUNTIME_PRELU_S8_H
#define TINYC_RUNTIME_PRELU_S8_H
/* y = clamp(requantize(x - x_zero_point)) where that is positive, elsewhere requantize of its product with
 * slope - slope_zero_point; over broadcast shapes of up to four axes. y is dense; it may be an operand that has as many
 * elements. */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* of x, in elements; 0 repeats */
  int32_t b_stride0, b_stride1, b_stride2, b_stride3; /* of slope */
  int32_t x_zero_point;
  int32_t slope_zero_point;
  int32_t multiplier_above;
  int32_t multiplier_below;
  int32_t left_shift;
  int32_t zero_point;
  int32_t clamp_low;
  int32_t clamp_high;
  const int8_t *constant; /* slope of tinyc_prelu_constant_s8; else 0 */
} tinyc_prelu_s8_params;

TINYC_KERNEL void tinyc_prelu_s8(const tinyc_prelu_s8_params *p, const int8_t *x, const int8_t *slope, int8_t *y) {
  const tinyc_multiplier above = tinyc_split_multiplier(p->multiplier_above);
  const tinyc_multiplier below = tinyc_split_multiplier(p->multiplier_below);
  const int32_t zero_x = p->x_zero_point, zero_slope = p->slope_zero_point;
  const int32_t left_shift = p->left_shift, zero_y = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const int32_t a_step = p->a_stride3, b_step = p->b_stride3;
  int32_t i0, i1, i2, i3;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const int8_t *from_a = x + (i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2);
        const int8_t *from_b = slope + (i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2);
        for (i3 = 0; i3 < p->size3; ++i3, from_a += a_step, from_b += b_step) {
          const int32_t real = *from_a - zero_x;
          const int32_t stored = real >= 0
                                     ? tinyc_requantize_split(real, above, left_shift, zero_y)
                                     : tinyc_requantize_split(real * (*from_b - zero_slope), below, left_shift, zero_y);
          *y++ = tinyc_clamp_s8(stored, low, high);
        }
      }
    }
  }
}

#endif
