#ifndef TINYC_RUNTIME_BINARY_INT_H
#define TINYC_RUNTIME_BINARY_INT_H
/* A function of two integers or truth values over broadcast shapes of up to four axes. Sums and products wrap; a
 * division by 0, which has no meaning, is 0. y is dense; it may be an operand that has as many elements of y's type. */

#include "lib/runtime/integer.h"

#define TINYC_BINARY_ADD 0
#define TINYC_BINARY_SUB 1
#define TINYC_BINARY_MUL 2
#define TINYC_BINARY_DIV 3
#define TINYC_BINARY_MOD 4  /* of the sign of b */
#define TINYC_BINARY_FMOD 5 /* of the sign of a */
#define TINYC_BINARY_MAX 6
#define TINYC_BINARY_MIN 7
#define TINYC_BINARY_PRELU 8
#define TINYC_BINARY_AND 9
#define TINYC_BINARY_OR 10
#define TINYC_BINARY_XOR 11
#define TINYC_BINARY_SHIFT_LEFT 12
#define TINYC_BINARY_SHIFT_RIGHT 13
#define TINYC_BINARY_EQUAL 14
#define TINYC_BINARY_GREATER 15
#define TINYC_BINARY_GREATER_OR_EQUAL 16
#define TINYC_BINARY_LESS 17
#define TINYC_BINARY_LESS_OR_EQUAL 18

typedef struct {
  int32_t size0, size1, size2, size3;                 /* of the result, outermost first */
  int32_t a_stride0, a_stride1, a_stride2, a_stride3; /* in elements; 0 repeats */
  int32_t b_stride0, b_stride1, b_stride2, b_stride3;
  int32_t operation, type, y_type;
} tinyc_binary_int_params;

TINYC_KERNEL int64_t tinyc_quotient(int64_t a, int64_t b, int has_sign) {
  if (b == 0) return 0;
  if (!has_sign) return (int64_t)((uint64_t)a / (uint64_t)b);
  return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}

TINYC_KERNEL int64_t tinyc_binary_of_integers(int32_t operation, int32_t type, int64_t a, int64_t b) {
  const int has_sign = type != TINYC_U64;
  const int64_t order_a = tinyc_integer_order(a, type), order_b = tinyc_integer_order(b, type);
  const uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
  const uint64_t mask = ~(uint64_t)0 >> (64 - (8 << ((type & 7) >> 1)));
  int64_t rest;
  switch (operation) {
    case TINYC_BINARY_ADD: return (int64_t)(ua + ub);
    case TINYC_BINARY_SUB: return (int64_t)(ua - ub);
    case TINYC_BINARY_MUL: return (int64_t)(ua * ub);
    case TINYC_BINARY_DIV: return tinyc_quotient(a, b, has_sign);
    case TINYC_BINARY_MOD:
    case TINYC_BINARY_FMOD:
      if (b == 0) return 0;
      rest = (int64_t)(ua - (uint64_t)tinyc_quotient(a, b, has_sign) * ub);
      return operation == TINYC_BINARY_MOD && has_sign && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    case TINYC_BINARY_MAX: return order_a > order_b ? a : b;
    case TINYC_BINARY_MIN: return order_a < order_b ? a : b;
    case TINYC_BINARY_PRELU: return has_sign && a < 0 ? (int64_t)(ua * ub) : a;
    case TINYC_BINARY_AND: return a & b;
    case TINYC_BINARY_OR: return a | b;
    case TINYC_BINARY_XOR: return a ^ b;
    case TINYC_BINARY_SHIFT_LEFT: return (ub & mask) < (uint64_t)(8 << ((type & 7) >> 1)) ? (int64_t)(ua << ub) : 0;
    case TINYC_BINARY_SHIFT_RIGHT:
      return (ub & mask) < (uint64_t)(8 << ((type & 7) >> 1)) ? (int64_t)((ua & mask) >> ub) : 0;
    case TINYC_BINARY_EQUAL: return a == b;
    case TINYC_BINARY_GREATER: return order_a > order_b;
    case TINYC_BINARY_GREATER_OR_EQUAL: return order_a >= order_b;
    case TINYC_BINARY_LESS: return order_a < order_b;
    default: return order_a <= order_b;
  }
}

TINYC_KERNEL void tinyc_binary_int(const tinyc_binary_int_params *p, const void *a, const void *b, void *y) {
  int32_t i0, i1, i2, i3, i = 0;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      for (i2 = 0; i2 < p->size2; ++i2) {
        const int32_t at_a = i0 * p->a_stride0 + i1 * p->a_stride1 + i2 * p->a_stride2;
        const int32_t at_b = i0 * p->b_stride0 + i1 * p->b_stride1 + i2 * p->b_stride2;
        for (i3 = 0; i3 < p->size3; ++i3, ++i) {
          const int64_t from_a = tinyc_load_integer(a, p->type, at_a + i3 * p->a_stride3);
          const int64_t from_b = tinyc_load_integer(b, p->type, at_b + i3 * p->b_stride3);
          tinyc_store_integer(y, p->y_type, i, tinyc_binary_of_integers(p->operation, p->type, from_a, from_b));
        }
      }
    }
  }
}

#endif
