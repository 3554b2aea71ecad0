#ifndef TINYC_RUNTIME_EXTREME_CONSTANT_S8_H
#define TINYC_RUNTIME_EXTREME_CONSTANT_S8_H
/* tinyc_extreme_s8 with a constant b. */

#include "lib/runtime/extreme_s8.h"

typedef tinyc_extreme_s8_params tinyc_extreme_constant_s8_params;

TINYC_KERNEL void tinyc_extreme_constant_s8(const tinyc_extreme_constant_s8_params *p, const int8_t *a, int8_t *y) {
  tinyc_extreme_s8(p, a, p->constant, y);
}

#endif
