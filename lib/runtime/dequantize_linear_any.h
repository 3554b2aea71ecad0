#ifndef TINYC_RUNTIME_DEQUANTIZE_LINEAR_ANY_H
#define TINYC_RUNTIME_DEQUANTIZE_LINEAR_ANY_H
/* y = (x - zero_point) * scale over broadcast shapes of up to four axes, for integers of any type. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t x_stride0, x_stride1, x_stride2, x_stride3; /* in elements; 0 repeats */
  int32_t scale_stride0, scale_stride1, scale_stride2, scale_stride3;
  int32_t zero_stride0, zero_stride1, zero_stride2, zero_stride3;
  int32_t type; /* of the integers, at most 32 bits wide */
} tinyc_dequantize_linear_any_params;

TINYC_KERNEL void tinyc_dequantize_linear_any(const tinyc_dequantize_linear_any_params *p, const void *x,
                                              const float *scale, const void *zero_point, float *y) {
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
          y[i] = (float)(tinyc_load_integer(x, p->type, row_x + i3 * p->x_stride3) - zero) * step;
        }
      }
    }
  }
}

#endif
