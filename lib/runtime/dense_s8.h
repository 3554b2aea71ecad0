#ifndef TINYC_RUNTIME_DENSE_S8_H
#define TINYC_RUNTIME_DENSE_S8_H
/* The core of convolution and fully connected layers: channels = weights times one or two input vectors. */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t depth, channels;
  const int8_t *weights;     /* [channels][depth] */
  const int32_t *bias;       /* [channels] */
  const int32_t *multiplier; /* [channels] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_dense;

TINYC_INLINE int8_t tinyc_dense_result(const tinyc_dense *d, int32_t acc, tinyc_multiplier by) {
  return tinyc_clamp_s8(tinyc_requantize_split(acc, by, d->left_shift, d->zero_point), d->clamp_low, d->clamp_high);
}

/* Two vectors, the second `depth` bytes after the first; the second result `next` bytes after the first. Tiles of two
 * channels by two vectors: the second weights, too, are `depth` bytes further, so that three registers address all. */
TINYC_NOINLINE void tinyc_dense_2_s8(const tinyc_dense *d, const int8_t *input, int8_t *TINYC_RESTRICT output,
                                     int32_t next) {
  const int32_t depth = d->depth;
  const int8_t *const end = input + depth;
#if TINYC_DSP
  const int8_t *const end_of_words = end - depth % 4;
#endif
  int32_t c;
  for (c = 0; c + 2 <= d->channels; c += 2) {
    const int8_t *w = d->weights + c * depth, *x = input;
    int32_t a00 = d->bias[c], a01 = a00, a10 = d->bias[c + 1], a11 = a10; /* channel, vector */
    tinyc_multiplier by;
#if TINYC_DSP
    for (; x < end_of_words; x += 4, w += 4) {
      uint32_t x0 = tinyc_load_u32(x), x1 = tinyc_load_u32(x + depth), v = tinyc_load_u32(w), even;
      const uint32_t even0 = tinyc_sxtb16(x0), even1 = tinyc_sxtb16(x1);
      x0 = tinyc_sxtb16_odd(x0);
      x1 = tinyc_sxtb16_odd(x1);
      even = tinyc_sxtb16(v);
      a00 = tinyc_smlad(even, even0, a00);
      a01 = tinyc_smlad(even, even1, a01);
      v = tinyc_sxtb16_odd(v);
      a00 = tinyc_smlad(v, x0, a00);
      a01 = tinyc_smlad(v, x1, a01);
      v = tinyc_load_u32(w + depth);
      even = tinyc_sxtb16(v);
      a10 = tinyc_smlad(even, even0, a10);
      a11 = tinyc_smlad(even, even1, a11);
      v = tinyc_sxtb16_odd(v);
      a10 = tinyc_smlad(v, x0, a10);
      a11 = tinyc_smlad(v, x1, a11);
    }
#endif
    for (; x < end; ++x, ++w) {
      const int32_t x0 = *x, x1 = x[depth], w0 = *w, w1 = w[depth];
      a00 += w0 * x0;
      a01 += w0 * x1;
      a10 += w1 * x0;
      a11 += w1 * x1;
    }
    by = tinyc_split_multiplier(d->multiplier[c]);
    output[c] = tinyc_dense_result(d, a00, by);
    output[next + c] = tinyc_dense_result(d, a01, by);
    by = tinyc_split_multiplier(d->multiplier[c + 1]);
    output[c + 1] = tinyc_dense_result(d, a10, by);
    output[next + c + 1] = tinyc_dense_result(d, a11, by);
  }
  if (c < d->channels) {
    const int8_t *w = d->weights + c * depth;
    int32_t a0 = d->bias[c], a1 = a0, k;
    const tinyc_multiplier by = tinyc_split_multiplier(d->multiplier[c]);
    for (k = 0; k < depth; ++k) {
      a0 += w[k] * input[k];
      a1 += w[k] * input[depth + k];
    }
    output[c] = tinyc_dense_result(d, a0, by);
    output[next + c] = tinyc_dense_result(d, a1, by);
  }
}

/* One vector: four channels, or two on a core without DSP, share its loads. */
TINYC_NOINLINE void tinyc_dense_1_s8(const tinyc_dense *d, const int8_t *input, int8_t *TINYC_RESTRICT output) {
  const int32_t depth = d->depth;
  const int8_t *const end = input + depth;
  int32_t c = 0;
#if TINYC_DSP
  const int8_t *const end_of_words = end - depth % 4;
  for (; c + 4 <= d->channels; c += 4) {
    const int8_t *w0 = d->weights + c * depth, *w2 = w0 + 2 * depth, *x = input;
    int32_t a0 = d->bias[c], a1 = d->bias[c + 1], a2 = d->bias[c + 2], a3 = d->bias[c + 3];
    for (; x < end_of_words; x += 4, w0 += 4, w2 += 4) {
      const uint32_t word = tinyc_load_u32(x), even = tinyc_sxtb16(word), odd = tinyc_sxtb16_odd(word);
      uint32_t v = tinyc_load_u32(w0);
      a0 = tinyc_smlad(tinyc_sxtb16_odd(v), odd, tinyc_smlad(tinyc_sxtb16(v), even, a0));
      v = tinyc_load_u32(w0 + depth);
      a1 = tinyc_smlad(tinyc_sxtb16_odd(v), odd, tinyc_smlad(tinyc_sxtb16(v), even, a1));
      v = tinyc_load_u32(w2);
      a2 = tinyc_smlad(tinyc_sxtb16_odd(v), odd, tinyc_smlad(tinyc_sxtb16(v), even, a2));
      v = tinyc_load_u32(w2 + depth);
      a3 = tinyc_smlad(tinyc_sxtb16_odd(v), odd, tinyc_smlad(tinyc_sxtb16(v), even, a3));
    }
    for (; x < end; ++x, ++w0, ++w2) {
      const int32_t u = *x;
      a0 += *w0 * u;
      a1 += w0[depth] * u;
      a2 += *w2 * u;
      a3 += w2[depth] * u;
    }
    output[c] = tinyc_dense_result(d, a0, tinyc_split_multiplier(d->multiplier[c]));
    output[c + 1] = tinyc_dense_result(d, a1, tinyc_split_multiplier(d->multiplier[c + 1]));
    output[c + 2] = tinyc_dense_result(d, a2, tinyc_split_multiplier(d->multiplier[c + 2]));
    output[c + 3] = tinyc_dense_result(d, a3, tinyc_split_multiplier(d->multiplier[c + 3]));
  }
#endif
  for (; c < d->channels; c += 2) {
    const int32_t second = c + 1 < d->channels; /* a last odd channel is computed twice */
    const int32_t step = second ? depth : 0;
    const int8_t *w = d->weights + c * depth, *x;
    int32_t a0 = d->bias[c], a1 = d->bias[c + second];
    for (x = input; x < end; ++x, ++w) {
      const int32_t u = *x;
      a0 += *w * u;
      a1 += w[step] * u;
    }
    output[c + second] = tinyc_dense_result(d, a1, tinyc_split_multiplier(d->multiplier[c + second]));
    output[c] = tinyc_dense_result(d, a0, tinyc_split_multiplier(d->multiplier[c]));
  }
}

#endif
