#ifndef TINYC_RUNTIME_LESS_OR_EQUAL_F32_H
#define TINYC_RUNTIME_LESS_OR_EQUAL_F32_H
/* y = whether a <= b. */

#include "lib/runtime/compare_f32.h"

typedef tinyc_compare_f32_params tinyc_less_or_equal_f32_params;

TINYC_INLINE int tinyc_less_or_equal_of_two_f32(float a, float b) { return a <= b; }

TINYC_KERNEL void tinyc_less_or_equal_f32(const tinyc_less_or_equal_f32_params *p, const float *a, const float *b,
                                          uint8_t *y) {
  tinyc_compare_f32(p, a, b, y, tinyc_less_or_equal_of_two_f32);
}

#endif
