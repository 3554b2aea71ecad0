#ifndef TINYC_RUNTIME_REDUCE_F32_H
#define TINYC_RUNTIME_REDUCE_F32_H
/* y = finish(add(...add(start, x)..., x), count) over the reduced axes of x. y is dense. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t kept0, kept1, kept2, kept_step0, kept_step1, kept_step2; /* sizes, and steps in x, in elements */
  int32_t reduced0, reduced1, reduced2, reduced_step0, reduced_step1, reduced_step2;
} tinyc_reduce_f32_params;

TINYC_INLINE float tinyc_fold_f32(const tinyc_reduce_f32_params *p, const float *x, float state,
                                  float (*add)(float state, float x)) {
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->reduced0; ++i0) {
    for (i1 = 0; i1 < p->reduced1; ++i1) {
      const float *from = x + (i0 * p->reduced_step0 + i1 * p->reduced_step1);
      for (i2 = p->reduced2; i2 > 0; --i2, from += p->reduced_step2) state = add(state, *from);
    }
  }
  return state;
}

TINYC_INLINE void tinyc_reduce_f32(const tinyc_reduce_f32_params *p, const float *x, float *y, float start,
                                   float (*add)(float state, float x), float (*finish)(float state, float count)) {
  const float count = (float)(p->reduced0 * p->reduced1 * p->reduced2);
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->kept0; ++i0) {
    for (i1 = 0; i1 < p->kept1; ++i1) {
      const float *from = x + (i0 * p->kept_step0 + i1 * p->kept_step1);
      for (i2 = p->kept2; i2 > 0; --i2, from += p->kept_step2)
        *y++ = finish(tinyc_fold_f32(p, from, start, add), count);
    }
  }
}

TINYC_INLINE float tinyc_finish_as_is_f32(float state, float count) {
  (void)count;
  return state;
}

#endif
