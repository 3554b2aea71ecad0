#ifndef TINYC_RUNTIME_DENSE_F32_H
#define TINYC_RUNTIME_DENSE_F32_H
/* Rows of weights times one or two input vectors: the inside of convolutions and matrix products. Sums run from the first
 * element to the last. */

#include "lib/runtime/common_f32.h"

typedef struct {
  int32_t depth, channels;
  const float *weights; /* [channels][depth] */
  const float *bias;    /* [channels], or NULL */
  float clamp_low, clamp_high;
} tinyc_dense_f32;

TINYC_INLINE float tinyc_dense_end_f32(const tinyc_dense_f32 *p, float sum, int32_t c) {
  return tinyc_clamp_f32(p->bias != NULL ? sum + p->bias[c] : sum, p->clamp_low, p->clamp_high);
}

/* y[c] = clamp(weights[c] . x + bias[c]), four rows at a time. */
TINYC_NOINLINE void tinyc_dense_1_f32(const tinyc_dense_f32 *p, const float *TINYC_RESTRICT x, float *TINYC_RESTRICT y) {
  const int32_t depth = p->depth;
  const float *w = p->weights, *const end = x + depth;
  int32_t c = 0;
  for (; c + 4 <= p->channels; c += 4, w += 3 * depth) {
    const float *w1 = w + depth, *w2 = w1 + depth, *w3 = w2 + depth, *at = x;
    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
    while (at != end) {
      const float value = *at++;
      s0 = tinyc_madd_f32(*w++, value, s0);
      s1 = tinyc_madd_f32(*w1++, value, s1);
      s2 = tinyc_madd_f32(*w2++, value, s2);
      s3 = tinyc_madd_f32(*w3++, value, s3);
    }
    y[c] = tinyc_dense_end_f32(p, s0, c);
    y[c + 1] = tinyc_dense_end_f32(p, s1, c + 1);
    y[c + 2] = tinyc_dense_end_f32(p, s2, c + 2);
    y[c + 3] = tinyc_dense_end_f32(p, s3, c + 3);
  }
  for (; c < p->channels; ++c) {
    const float *at = x;
    float sum = 0.0f;
    while (at != end) sum = tinyc_madd_f32(*w++, *at++, sum);
    y[c] = tinyc_dense_end_f32(p, sum, c);
  }
}

/* The same for two input vectors, x and x + depth, whose results are `step` elements apart. */
TINYC_NOINLINE void tinyc_dense_2_f32(const tinyc_dense_f32 *p, const float *TINYC_RESTRICT x, float *TINYC_RESTRICT y,
                                      int32_t step) {
  const int32_t depth = p->depth;
  const float *w = p->weights, *const end = x + depth;
  float *const z = y + step;
  int32_t c = 0;
  for (; c + 4 <= p->channels; c += 4, w += 3 * depth) {
    const float *w1 = w + depth, *w2 = w1 + depth, *w3 = w2 + depth, *at = x, *at1 = end;
    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f, t0 = 0.0f, t1 = 0.0f, t2 = 0.0f, t3 = 0.0f;
    while (at != end) {
      const float a = *at++, b = *at1++, v0 = *w++, v1 = *w1++, v2 = *w2++, v3 = *w3++;
      s0 = tinyc_madd_f32(v0, a, s0);
      t0 = tinyc_madd_f32(v0, b, t0);
      s1 = tinyc_madd_f32(v1, a, s1);
      t1 = tinyc_madd_f32(v1, b, t1);
      s2 = tinyc_madd_f32(v2, a, s2);
      t2 = tinyc_madd_f32(v2, b, t2);
      s3 = tinyc_madd_f32(v3, a, s3);
      t3 = tinyc_madd_f32(v3, b, t3);
    }
    y[c] = tinyc_dense_end_f32(p, s0, c);
    y[c + 1] = tinyc_dense_end_f32(p, s1, c + 1);
    y[c + 2] = tinyc_dense_end_f32(p, s2, c + 2);
    y[c + 3] = tinyc_dense_end_f32(p, s3, c + 3);
    z[c] = tinyc_dense_end_f32(p, t0, c);
    z[c + 1] = tinyc_dense_end_f32(p, t1, c + 1);
    z[c + 2] = tinyc_dense_end_f32(p, t2, c + 2);
    z[c + 3] = tinyc_dense_end_f32(p, t3, c + 3);
  }
  for (; c < p->channels; ++c) {
    const float *at = x, *at1 = end;
    float s = 0.0f, t = 0.0f;
    for (; at != end; ++w) {
      s = tinyc_madd_f32(*w, *at++, s);
      t = tinyc_madd_f32(*w, *at1++, t);
    }
    y[c] = tinyc_dense_end_f32(p, s, c);
    z[c] = tinyc_dense_end_f32(p, t, c);
  }
}

#endif
