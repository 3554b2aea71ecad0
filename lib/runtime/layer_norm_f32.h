#ifndef TINYC_RUNTIME_LAYER_NORM_F32_H
#define TINYC_RUNTIME_LAYER_NORM_F32_H
/* y = (x - mean) / sqrt(variance + epsilon) * scale + bias, with mean and variance over the reduced loops for each of
 * the kept ones. scale and bias may be NULL; steps of 0 repeat them. */

#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t kept0, kept1, kept2, reduced0, reduced1, reduced2; /* sizes, outermost first */
  int32_t kept_step0, kept_step1, kept_step2, reduced_step0, reduced_step1, reduced_step2; /* in x and y, in elements */
  int32_t scale_kept_step0, scale_kept_step1, scale_kept_step2;
  int32_t scale_reduced_step0, scale_reduced_step1, scale_reduced_step2;
  int32_t bias_kept_step0, bias_kept_step1, bias_kept_step2;
  int32_t bias_reduced_step0, bias_reduced_step1, bias_reduced_step2;
  float epsilon;
} tinyc_layer_norm_f32_params;

/* The sum of (x - center)^power over the reduced loops; power is 1 or 2. */
TINYC_INLINE float tinyc_centered_sum_f32(const tinyc_layer_norm_f32_params *p, const float *x, float center,
                                          int power) {
  float sum = 0.0f;
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->reduced0; ++i0) {
    for (i1 = 0; i1 < p->reduced1; ++i1) {
      const float *from = x + (i0 * p->reduced_step0 + i1 * p->reduced_step1);
      for (i2 = p->reduced2; i2 > 0; --i2, from += p->reduced_step2) {
        const float centered = *from - center;
        sum += power == 1 ? centered : centered * centered;
      }
    }
  }
  return sum;
}

TINYC_INLINE void tinyc_normalize_f32(const tinyc_layer_norm_f32_params *p, const float *x, const float *scale,
                                      const float *bias, float *y) {
  const float count = (float)(p->reduced0 * p->reduced1 * p->reduced2);
  /* The first sum is inexact where the mean is large; the mean of what it leaves corrects it. */
  const float near = tinyc_centered_sum_f32(p, x, 0.0f, 1) / count;
  const float mean = near + tinyc_centered_sum_f32(p, x, near, 1) / count;
  const float factor = 1.0f / sqrtf(tinyc_centered_sum_f32(p, x, mean, 2) / count + p->epsilon);
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->reduced0; ++i0) {
    for (i1 = 0; i1 < p->reduced1; ++i1) {
      for (i2 = 0; i2 < p->reduced2; ++i2) {
        const int32_t at = i0 * p->reduced_step0 + i1 * p->reduced_step1 + i2 * p->reduced_step2;
        float value = (x[at] - mean) * factor;
        if (scale)
          value *= scale[i0 * p->scale_reduced_step0 + i1 * p->scale_reduced_step1 + i2 * p->scale_reduced_step2];
        if (bias) value += bias[i0 * p->bias_reduced_step0 + i1 * p->bias_reduced_step1 + i2 * p->bias_reduced_step2];
        y[at] = value;
      }
    }
  }
}

TINYC_KERNEL void tinyc_layer_norm_f32(const tinyc_layer_norm_f32_params *p, const float *TINYC_RESTRICT x,
                                       const float *scale, const float *bias, float *TINYC_RESTRICT y) {
  int32_t i0, i1, i2;
  for (i0 = 0; i0 < p->kept0; ++i0) {
    for (i1 = 0; i1 < p->kept1; ++i1) {
      for (i2 = 0; i2 < p->kept2; ++i2) {
        const int32_t at = i0 * p->kept_step0 + i1 * p->kept_step1 + i2 * p->kept_step2;
        const int32_t in_scale = i0 * p->scale_kept_step0 + i1 * p->scale_kept_step1 + i2 * p->scale_kept_step2;
        const int32_t in_bias = i0 * p->bias_kept_step0 + i1 * p->bias_kept_step1 + i2 * p->bias_kept_step2;
        tinyc_normalize_f32(p, x + at, scale ? scale + in_scale : scale, bias ? bias + in_bias : bias, y + at);
      }
    }
  }
}

#endif
