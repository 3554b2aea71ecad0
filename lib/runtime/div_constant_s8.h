#ifndef TINYC_RUNTIME_DIV_CONSTANT_S8_H
#define TINYC_RUNTIME_DIV_CONSTANT_S8_H
/* tinyc_div_s8 with a constant b. */

#include "lib/runtime/div_s8.h"

typedef tinyc_div_s8_params tinyc_div_constant_s8_params;

TINYC_KERNEL void tinyc_div_constant_s8(const tinyc_div_constant_s8_params *p, const int8_t *a, int8_t *y) {
  tinyc_div_s8(p, a, p->constant, y);
}

#endif
