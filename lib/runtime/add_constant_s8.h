#ifndef TINYC_RUNTIME_ADD_CONSTANT_S8_H
#define TINYC_RUNTIME_ADD_CONSTANT_S8_H
/* tinyc_add_broadcast_s8 with a constant b. */

#include "lib/runtime/add_broadcast_s8.h"

typedef tinyc_add_broadcast_s8_params tinyc_add_constant_s8_params;

TINYC_KERNEL void tinyc_add_constant_s8(const tinyc_add_constant_s8_params *p, const int8_t *a, int8_t *y) {
  tinyc_add_broadcast_s8(p, a, p->constant, y);
}

#endif
