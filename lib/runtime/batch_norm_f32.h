#ifndef TINYC_RUNTIME_BATCH_NORM_F32_H
#define TINYC_RUNTIME_BATCH_NORM_F32_H
/* scale * (x - mean) / sqrt(variance + epsilon) + bias per channel, the last axis. y may be x. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t rows, channels;
  float epsilon;
} tinyc_batch_norm_f32_params;

TINYC_KERNEL void tinyc_batch_norm_f32(const tinyc_batch_norm_f32_params *p, const float *x, const float *scale,
                                       const float *bias, const float *mean, const float *variance, float *y) {
  const int32_t end = p->rows * p->channels;
  int32_t c, i;
  for (c = 0; c < p->channels; ++c) {
    const float factor = scale[c] / sqrtf(variance[c] + p->epsilon);
    for (i = c; i < end; i += p->channels) y[i] = (x[i] - mean[c]) * factor + bias[c];
  }
}

#endif
