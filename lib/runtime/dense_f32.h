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

/* y[c] = clamp(weights[c] . x + bias[c]), four rows at a time. */
TINYC_NOINLINE void tinyc_dense_1_f32(const tinyc_dense_f32 *p, const float *TINYC_RESTRICT x, float *TINYC_RESTRICT y) {
  const int32_t depth = p->depth;
  const float *w = p->weights;
  int32_t c = 0, i;
  for (; c + 4 <= p->channels; c += 4, w += 4 * depth) {
    const float *const w1 = w + depth, *const w2 = w1 + depth, *const w3 = w2 + depth;
    float s0 = 0.0f, s1 = 0.0f, s2 = 0.0f, s3 = 0.0f;
    for (i = 0; i < depth; ++i) {
      const float value = x[i];
      s0 += w[i] * value;
      s1 += w1[i] * value;
      s2 += w2[i] * value;
      s3 += w3[i] * value;
    }
    if (p->bias != NULL) {
      s0 += p->bias[c];
      s1 += p->bias[c + 1];
      s2 += p->bias[c + 2];
      s3 += p->bias[c + 3];
    }
    y[c] = tinyc_clamp_f32(s0, p->clamp_low, p->clamp_high);
    y[c + 1] = tinyc_clamp_f32(s1, p->clamp_low, p->clamp_high);
    y[c + 2] = tinyc_clamp_f32(s2, p->clamp_low, p->clamp_high);
    y[c + 3] = tinyc_clamp_f32(s3, p->clamp_low, p->clamp_high);
  }
  for (; c < p->channels; ++c, w += depth) {
    float sum = 0.0f;
    for (i = 0; i < depth; ++i) sum += w[i] * x[i];
    if (p->bias != NULL) sum += p->bias[c];
    y[c] = tinyc_clamp_f32(sum, p->clamp_low, p->clamp_high);
  }
}

/* The same for two input vectors, x and x + depth, whose results are `step` elements apart: two rows at a time. */
TINYC_NOINLINE void tinyc_dense_2_f32(const tinyc_dense_f32 *p, const float *TINYC_RESTRICT x, float *TINYC_RESTRICT y,
                                      int32_t step) {
  const int32_t depth = p->depth;
  const float *const x1 = x + depth;
  const float *w = p->weights;
  float *const y1 = y + step;
  int32_t c = 0, i;
  for (; c + 2 <= p->channels; c += 2, w += 2 * depth) {
    const float *const w1 = w + depth;
    const float b0 = p->bias != NULL ? p->bias[c] : 0.0f, b1 = p->bias != NULL ? p->bias[c + 1] : 0.0f;
    float s00 = 0.0f, s01 = 0.0f, s10 = 0.0f, s11 = 0.0f;
    for (i = 0; i < depth; ++i) {
      const float a = x[i], b = x1[i], v = w[i], u = w1[i];
      s00 += v * a;
      s01 += u * a;
      s10 += v * b;
      s11 += u * b;
    }
    y[c] = tinyc_clamp_f32(s00 + b0, p->clamp_low, p->clamp_high);
    y[c + 1] = tinyc_clamp_f32(s01 + b1, p->clamp_low, p->clamp_high);
    y1[c] = tinyc_clamp_f32(s10 + b0, p->clamp_low, p->clamp_high);
    y1[c + 1] = tinyc_clamp_f32(s11 + b1, p->clamp_low, p->clamp_high);
  }
  for (; c < p->channels; ++c, w += depth) {
    const float b0 = p->bias != NULL ? p->bias[c] : 0.0f;
    float s0 = 0.0f, s1 = 0.0f;
    for (i = 0; i < depth; ++i) {
      s0 += w[i] * x[i];
      s1 += w[i] * x1[i];
    }
    y[c] = tinyc_clamp_f32(s0 + b0, p->clamp_low, p->clamp_high);
    y1[c] = tinyc_clamp_f32(s1 + b0, p->clamp_low, p->clamp_high);
  }
}

#endif
