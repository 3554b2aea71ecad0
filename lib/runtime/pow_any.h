#ifndef TINYC_RUNTIME_POW_ANY_H
#define TINYC_RUNTIME_POW_ANY_H
/* y = a to the power of b over broadcast shapes of up to four axes, for numbers of any types; y is of a's type. Powers
 * of integers by integers are exact, and wrap; with a float among them they are computed in float. */

#include "lib/runtime/cast_any.h"
#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* in elements; 0 repeats */
  int32_t b_stride0, b_stride1, b_stride2, b_stride3;
  int32_t a_type, b_type;
} tinyc_pow_any_params;

TINYC_KERNEL int64_t tinyc_power_of_integers(int64_t base, int64_t exponent) {
  uint64_t power = 1, factor = (uint64_t)base;
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  for (; exponent > 0; exponent >>= 1, factor *= factor)
    if (exponent & 1) power *= factor;
  return (int64_t)power;
}

TINYC_KERNEL float tinyc_f32_of_any(const void *x, int32_t type, int32_t i) {
  return type == TINYC_F32 ? ((const float *)x)[i] : tinyc_f32_of_integer(tinyc_load_integer(x, type, i), type);
}

TINYC_KERNEL void tinyc_pow_any(const tinyc_pow_any_params *p, const void *a, const void *b, void *y) {
  int32_t i0, i1, i2, i3, i = 0;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const int32_t row_a = i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2;
        const int32_t row_b = i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2;
        for (i3 = 0; i3 < p->size3; ++i3, ++i) {
          const int32_t at_a = row_a + i3 * p->a_stride3, at_b = row_b + i3 * p->b_stride3;
          if (p->a_type != TINYC_F32 && p->b_type != TINYC_F32) {
            const int64_t base = tinyc_load_integer(a, p->a_type, at_a);
            const int64_t exponent = tinyc_load_integer(b, p->b_type, at_b);
            tinyc_store_integer(y, p->a_type, i, tinyc_power_of_integers(base, exponent));
          } else {
            const float power = powf(tinyc_f32_of_any(a, p->a_type, at_a), tinyc_f32_of_any(b, p->b_type, at_b));
            if (p->a_type == TINYC_F32) ((float *)y)[i] = power;
            else tinyc_store_integer(y, p->a_type, i, tinyc_integer_of_f32(power, p->a_type));
          }
        }
      }
    }
  }
}

#endif
