#ifndef TINYC_RUNTIME_QUANTIZE_LINEAR_ANY_H
#define TINYC_RUNTIME_QUANTIZE_LINEAR_ANY_H
/* y = x / scale, rounded to the nearest integer, halves to the even one, plus zero_point, limited to the integers of
 * the type; over broadcast shapes of up to four axes. What is not a number counts as 0. */

#include "lib/runtime/integer.h"
#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t x_stride0, x_stride1, x_stride2, x_stride3; /* in elements; 0 repeats */
  int32_t scale_stride0, scale_stride1, scale_stride2, scale_stride3;
  int32_t zero_stride0, zero_stride1, zero_stride2, zero_stride3;
  int32_t type; /* of the integers, at most 32 bits wide */
  const int64_t *limits; /* the least and the greatest integer of the type */
} tinyc_quantize_linear_any_params;

TINYC_KERNEL void tinyc_quantize_linear_any(const tinyc_quantize_linear_any_params *p, const float *x,
                                            const float *scale, const void *zero_point, void *y) {
  const float most = 8589934592.0f; /* beyond every limit, with any zero point */
  int32_t i0, i1, i2, i3, i = 0;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const int32_t row_x = i0 * p->x_stride0 + i1 * p->x_stride1 + i2 * p->x_stride2;
        const int32_t row_scale = i0 * p->scale_stride0 + i1 * p->scale_stride1 + i2 * p->scale_stride2;
        const int32_t row_zero = i0 * p->zero_stride0 + i1 * p->zero_stride1 + i2 * p->zero_stride2;
        for (i3 = 0; i3 < p->size3; ++i3, ++i) {
          const int64_t zero = tinyc_load_integer(zero_point, p->type, row_zero + i3 * p->zero_stride3);
          const float step = scale[row_scale + i3 * p->scale_stride3];
          const float steps = nearbyintf(x[row_x + i3 * p->x_stride3] / step);
          int64_t value = zero;
          if (steps == steps) value += (int64_t)tinyc_clamp_f32(steps, -most, most);
          value = value < p->limits[0] ? p->limits[0] : value > p->limits[1] ? p->limits[1] : value;
          tinyc_store_integer(y, p->type, i, value);
        }
      }
    }
  }
}

#endif
