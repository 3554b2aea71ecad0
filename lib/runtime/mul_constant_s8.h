#ifndef TINYC_RUNTIME_MUL_CONSTANT_S8_H
#define TINYC_RUNTIME_MUL_CONSTANT_S8_H
/* tinyc_mul_broadcast_s8 with a constant b. */

#include "lib/runtime/mul_broadcast_s8.h"

typedef tinyc_mul_broadcast_s8_params tinyc_mul_constant_s8_params;

TINYC_KERNEL void tinyc_mul_constant_s8(const tinyc_mul_constant_s8_params *p, const int8_t *a, int8_t *y) {
  tinyc_mul_broadcast_s8(p, a, p->constant, y);
}

#endif
