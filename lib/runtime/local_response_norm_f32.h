#ifndef TINYC_RUNTIME_LOCAL_RESPONSE_NORM_F32_H
#define TINYC_RUNTIME_LOCAL_RESPONSE_NORM_F32_H
/* y = x / (bias + factor * the sum of the squares from `before` before to `after` after)^beta along the middle axis of
 * [outer][size][inner]. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t outer, size, inner, before, after;
  float factor, beta, bias;
} tinyc_local_response_norm_f32_params;

TINYC_KERNEL void tinyc_local_response_norm_f32(const tinyc_local_response_norm_f32_params *p,
                                                const float *TINYC_RESTRICT x, float *TINYC_RESTRICT y) {
  const int32_t size = p->size, inner = p->inner;
  int32_t i, c, k, n;
  for (i = 0; i < p->outer; ++i, x += size * inner, y += size * inner) {
    for (c = 0; c < size; ++c) {
      const int32_t first = tinyc_max_i32(c - p->before, 0), last = tinyc_min_i32(c + p->after, size - 1);
      for (k = 0; k < inner; ++k) {
        float sum = 0.0f;
        for (n = first; n <= last; ++n) sum += x[n * inner + k] * x[n * inner + k];
        y[c * inner + k] = x[c * inner + k] / powf(p->bias + p->factor * sum, p->beta);
      }
    }
  }
}

#endif
