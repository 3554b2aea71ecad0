#ifndef TINYC_RUNTIME_RESIZE_F32_H
#define TINYC_RUNTIME_RESIZE_F32_H
/* Each element of y is a weighted sum of elements of x, whose weights are products of those along three axes. Along
 * axis a, output i mixes the elements element_a[k] by weight_a[k], k from first_a[i] to first_a[i + 1]; where it mixes
 * none, y is `outside`. y is dense. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer, size0, size1, size2, run;         /* of y, outermost first */
  int32_t outer_step, in_step0, in_step1, in_step2; /* of x, in elements */
  float outside;
  const uint16_t *first0, *element0, *first1, *element1, *first2, *element2;
  const float *weight0, *weight1, *weight2;
} tinyc_resize_f32_params;

/* The run of y at one place; from is x's part. */
TINYC_KERNEL void tinyc_resize_run_f32(const tinyc_resize_f32_params *p, const float *from, int32_t i0, int32_t i1,
                                       int32_t i2, float *y) {
  const int32_t begin0 = p->first0[i0], begin1 = p->first1[i1], begin2 = p->first2[i2];
  const int32_t end0 = p->first0[i0 + 1], end1 = p->first1[i1 + 1], end2 = p->first2[i2 + 1];
  const int inside = begin0 < end0 && begin1 < end1 && begin2 < end2;
  int32_t t0, t1, t2, i;
  for (i = 0; i < p->run; ++i) y[i] = inside ? 0.0f : p->outside;
  for (t0 = begin0; t0 < end0; ++t0) {
    for (t1 = begin1; t1 < end1; ++t1) {
      for (t2 = begin2; t2 < end2; ++t2) {
        const float weight = p->weight0[t0] * p->weight1[t1] * p->weight2[t2];
        const int32_t at = p->element0[t0] * p->in_step0 + p->element1[t1] * p->in_step1 + p->element2[t2] * p->in_step2;
        const float *x = from + at;
        for (i = 0; i < p->run; ++i) y[i] += weight * x[i];
      }
    }
  }
}

TINYC_KERNEL void tinyc_resize_f32(const tinyc_resize_f32_params *p, const float *TINYC_RESTRICT x,
                                   float *TINYC_RESTRICT y) {
  int32_t o, i0, i1, i2;
  for (o = 0; o < p->outer; ++o)
    for (i0 = 0; i0 < p->size0; ++i0)
      for (i1 = 0; i1 < p->size1; ++i1)
        for (i2 = 0; i2 < p->size2; ++i2, y += p->run) tinyc_resize_run_f32(p, x + o * p->outer_step, i0, i1, i2, y);
}

#endif
