#ifndef TINYC_RUNTIME_UNARY_INT_H
#define TINYC_RUNTIME_UNARY_INT_H
/* A function of each element of a tensor of integers or truth values. y may be x. */

#include "lib/runtime/integer.h"

#define TINYC_UNARY_NEG 0
#define TINYC_UNARY_ABS 1
#define TINYC_UNARY_SIGN 2
#define TINYC_UNARY_RELU 3
#define TINYC_UNARY_BITWISE_NOT 4
#define TINYC_UNARY_LOGICAL_NOT 5

typedef struct {
  int32_t count, type, operation;
} tinyc_unary_int_params;

TINYC_KERNEL int64_t tinyc_unary_of_integer(int32_t operation, int64_t x, int has_sign) {
  const int64_t negated = (int64_t)(0 - (uint64_t)x);
  const int below = has_sign && x < 0;
  switch (operation) {
    case TINYC_UNARY_NEG: return negated;
    case TINYC_UNARY_ABS: return below ? negated : x;
    case TINYC_UNARY_SIGN: return below ? -1 : x != 0;
    case TINYC_UNARY_RELU: return below ? 0 : x;
    case TINYC_UNARY_BITWISE_NOT: return ~x;
    default: return x == 0;
  }
}

TINYC_KERNEL void tinyc_unary_int(const tinyc_unary_int_params *p, const void *x, void *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i)
    tinyc_store_integer(y, p->type, i,
                        tinyc_unary_of_integer(p->operation, tinyc_load_integer(x, p->type, i), p->type != TINYC_U64));
}

#endif
