#ifndef TINYC_RUNTIME_LOG_SOFTMAX_F32_H
#define TINYC_RUNTIME_LOG_SOFTMAX_F32_H
/* x less the logarithm of the sum of exp(x) along one axis: x is [outer][size][inner]. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t outer, size, inner;
} tinyc_log_softmax_f32_params;

TINYC_KERNEL void tinyc_log_softmax_f32(const tinyc_log_softmax_f32_params *p, const float *x, float *y) {
  const int32_t end = p->size * p->inner;
  int32_t o, i, k;
  for (o = 0; o < p->outer; ++o, x += end, y += end) {
    for (i = 0; i < p->inner; ++i) {
      float largest = x[i], sum = 0.0f;
      for (k = i; k < end; k += p->inner)
        if (largest < x[k]) largest = x[k];
      for (k = i; k < end; k += p->inner) sum += expf(x[k] - largest);
      sum = logf(sum);
      for (k = i; k < end; k += p->inner) y[k] = x[k] - largest - sum;
    }
  }
}

#endif
