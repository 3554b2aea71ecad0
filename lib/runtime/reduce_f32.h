#ifndef TINYC_RUNTIME_REDUCE_F32_H
#define TINYC_RUNTIME_REDUCE_F32_H
/* Reductions over axes of x: sums, folds, and the loop over the results. y is dense. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t kept0, kept1, kept2, kept_step0, kept_step1, kept_step2; /* sizes, and steps in x, in elements */
  int32_t reduced0, reduced1, reduced2, reduced_step0, reduced_step1, reduced_step2;
} tinyc_reduce_f32_params;

/* f(...f(f(start, x), x)..., x) over the reduced axes. */
TINYC_INLINE float tinyc_fold_f32(const tinyc_reduce_f32_params *p, const float *x, float start,
                                  float (*f)(float state, float x)) {
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->reduced0; ++i0) {
    for (i1 = 0; i1 < p->reduced1; ++i1) {
      const float *from = x + (i0 * p->reduced_step0 + i1 * p->reduced_step1);
      for (i2 = p->reduced2; i2 > 0; --i2, from += p->reduced_step2) start = f(start, *from);
    }
  }
  return start;
}

/* The sum of term(x) over the reduced axes, added up in blocks: errors of rounding grow with the length of a block and
 * with their number, not with the product of both. */
TINYC_INLINE float tinyc_sum_f32(const tinyc_reduce_f32_params *p, const float *x, float (*term)(float x)) {
  float sum = 0.0f, block = 0.0f;
  int32_t i0, i1, i2, left = 64;
  for (i0 = 0; i0 < p->reduced0; ++i0) {
    for (i1 = 0; i1 < p->reduced1; ++i1) {
      const float *from = x + (i0 * p->reduced_step0 + i1 * p->reduced_step1);
      for (i2 = p->reduced2; i2 > 0; --i2, from += p->reduced_step2) {
        block += term(*from);
        if (--left > 0) continue;
        sum += block;
        block = 0.0f;
        left = 64;
      }
    }
  }
  return sum + block;
}

TINYC_INLINE float tinyc_term_f32(float x) { return x; }
TINYC_INLINE float tinyc_square_f32(float x) { return x * x; }

/* y = result(p, x) for each place of the kept axes. */
TINYC_INLINE void tinyc_reduce_f32(const tinyc_reduce_f32_params *p, const float *x, float *y,
                                   float (*result)(const tinyc_reduce_f32_params *p, const float *x)) {
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->kept0; ++i0) {
    for (i1 = 0; i1 < p->kept1; ++i1) {
      const float *from = x + (i0 * p->kept_step0 + i1 * p->kept_step1);
      for (i2 = p->kept2; i2 > 0; --i2, from += p->kept_step2) *y++ = result(p, from);
    }
  }
}

#endif
