#ifndef TINYC_RUNTIME_PRELU_CONSTANT_S8_H
#define TINYC_RUNTIME_PRELU_CONSTANT_S8_H
/* tinyc_prelu_s8 with a constant slope. */

#include "lib/runtime/prelu_s8.h"

typedef tinyc_prelu_s8_params tinyc_prelu_constant_s8_params;

TINYC_KERNEL void tinyc_prelu_constant_s8(const tinyc_prelu_constant_s8_params *p, const int8_t *x, int8_t *y) {
  tinyc_prelu_s8(p, x, p->constant, y);
}

#endif
