#ifndef TINYC_RUNTIME_FULLY_CONNECTED_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_S8_H
/* Fully connected layer of one input vector. */

#include "lib/runtime/dot_s8.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t inputs, outputs;
  const int8_t *weights;     /* [outputs][inputs] */
  const int32_t *bias;       /* [outputs], less the input's zero point times the output's weights */
  const int32_t *multiplier; /* [outputs] */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_fully_connected_s8_params;

TINYC_KERNEL void tinyc_fully_connected_s8(const tinyc_fully_connected_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                           int8_t *TINYC_RESTRICT output) {
  const int32_t inputs = p->inputs, outputs = p->outputs;
  const int32_t left_shift = p->left_shift, zero_point = p->zero_point, low = p->clamp_low, high = p->clamp_high;
  const int8_t *w = p->weights;
  int32_t c = 0;
#define TINYC_STORE(channel, acc) \
  output[channel] = tinyc_clamp_s8(tinyc_requantize((acc), p->multiplier[channel], left_shift, zero_point), low, high)
#if TINYC_DSP
  /* Four outputs share every widened input word. */
  for (; c + 4 <= outputs; c += 4, w += 4 * inputs) {
    const int8_t *w0 = w, *w1 = w0 + inputs, *w2 = w1 + inputs, *w3 = w2 + inputs, *x = input;
    int32_t a0 = p->bias[c], a1 = p->bias[c + 1], a2 = p->bias[c + 2], a3 = p->bias[c + 3], k = inputs;
    for (; k >= 4; k -= 4) {
      const uint32_t word = tinyc_load_u32(x), even = tinyc_sxtb16(word), odd = tinyc_sxtb16_odd(word);
      const uint32_t v0 = tinyc_load_u32(w0), v1 = tinyc_load_u32(w1);
      const uint32_t v2 = tinyc_load_u32(w2), v3 = tinyc_load_u32(w3);
      a0 = tinyc_smlad(tinyc_sxtb16_odd(v0), odd, tinyc_smlad(tinyc_sxtb16(v0), even, a0));
      a1 = tinyc_smlad(tinyc_sxtb16_odd(v1), odd, tinyc_smlad(tinyc_sxtb16(v1), even, a1));
      a2 = tinyc_smlad(tinyc_sxtb16_odd(v2), odd, tinyc_smlad(tinyc_sxtb16(v2), even, a2));
      a3 = tinyc_smlad(tinyc_sxtb16_odd(v3), odd, tinyc_smlad(tinyc_sxtb16(v3), even, a3));
      x += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4;
    }
    for (; k > 0; --k) {
      const int32_t u = *x++;
      a0 += *w0++ * u;
      a1 += *w1++ * u;
      a2 += *w2++ * u;
      a3 += *w3++ * u;
    }
    TINYC_STORE(c, a0);
    TINYC_STORE(c + 1, a1);
    TINYC_STORE(c + 2, a2);
    TINYC_STORE(c + 3, a3);
  }
#endif
  for (; c < outputs; c += 2, w += 2 * inputs) {
    const int32_t step = c + 1 < outputs; /* a last odd output is computed twice */
    tinyc_tile_2x1 acc = {p->bias[c], p->bias[c + step]};
    acc = tinyc_dot_2x1_s8(acc, w, w + step * inputs, input, inputs);
    TINYC_STORE(c + step, acc.a1);
    TINYC_STORE(c, acc.a0);
  }
#undef TINYC_STORE
}

#endif
