#ifndef TINYC_RUNTIME_REDUCE_INT_H
#define TINYC_RUNTIME_REDUCE_INT_H
/* A reduction of integers or truth values over axes of x. Sums and products wrap; the mean is truncated. y is dense. */

#include "lib/runtime/integer.h"

#define TINYC_REDUCE_SUM 0
#define TINYC_REDUCE_L1 1
#define TINYC_REDUCE_SUM_SQUARE 2
#define TINYC_REDUCE_MEAN 3
#define TINYC_REDUCE_PROD 4
#define TINYC_REDUCE_MAX 5
#define TINYC_REDUCE_MIN 6

typedef struct {
  int32_t kept0, kept1, kept2, kept_step0, kept_step1, kept_step2; /* sizes, and steps in x, in elements */
  int32_t reduced0, reduced1, reduced2, reduced_step0, reduced_step1, reduced_step2;
  int32_t operation, type;
  const int64_t *start; /* the result of no elements */
} tinyc_reduce_int_params;

TINYC_KERNEL int64_t tinyc_reduced_integer(int32_t operation, int32_t type, int64_t state, int64_t x) {
  const uint64_t sum = (uint64_t)state, ux = (uint64_t)x;
  const int less = tinyc_integer_order(state, type) < tinyc_integer_order(x, type);
  switch (operation) {
    case TINYC_REDUCE_L1: return (int64_t)(type != TINYC_U64 && x < 0 ? sum - ux : sum + ux);
    case TINYC_REDUCE_SUM_SQUARE: return (int64_t)(sum + ux * ux);
    case TINYC_REDUCE_PROD: return (int64_t)(sum * ux);
    case TINYC_REDUCE_MAX: return less ? x : state;
    case TINYC_REDUCE_MIN: return less ? state : x;
    default: return (int64_t)(sum + ux);
  }
}

TINYC_KERNEL void tinyc_reduce_int(const tinyc_reduce_int_params *p, const void *x, void *y) {
  const int32_t count = p->reduced0 * p->reduced1 * p->reduced2, results = p->kept0 * p->kept1 * p->kept2;
  int32_t n, i;
  for (n = 0; n < results; ++n) {
    const int32_t first = n / p->kept2 / p->kept1 * p->kept_step0 + n / p->kept2 % p->kept1 * p->kept_step1 +
                          n % p->kept2 * p->kept_step2;
    int64_t state = *p->start;
    for (i = 0; i < count; ++i) {
      const int32_t at = first + i / p->reduced2 / p->reduced1 * p->reduced_step0 +
                         i / p->reduced2 % p->reduced1 * p->reduced_step1 + i % p->reduced2 * p->reduced_step2;
      state = tinyc_reduced_integer(p->operation, p->type, state, tinyc_load_integer(x, p->type, at));
    }
    if (p->operation == TINYC_REDUCE_MEAN)
      state = p->type == TINYC_U64 ? (int64_t)((uint64_t)state / (uint64_t)count) : state / count;
    tinyc_store_integer(y, p->type, n, state);
  }
}

#endif
