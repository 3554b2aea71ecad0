#ifndef TINYC_RUNTIME_DOT_S8_H
#define TINYC_RUNTIME_DOT_S8_H
/* Inner products of int8 vectors, several at a time so that every loaded word is used more than once. */

#include "lib/runtime/common.h"

/* Accumulators of two channels (first digit) times two pixels. */
typedef struct {
  int32_t a00, a01, a10, a11;
} tinyc_tile_2x2;

TINYC_INLINE tinyc_tile_2x2 tinyc_dot_2x2_s8(tinyc_tile_2x2 acc, const int8_t *w0, const int8_t *w1, const int8_t *x0,
                                             const int8_t *x1, int32_t count) {
#if TINYC_DSP
  for (; count >= 4; count -= 4) {
    const uint32_t word0 = tinyc_load_u32(x0), word1 = tinyc_load_u32(x1);
    const uint32_t even0 = tinyc_sxtb16(word0), odd0 = tinyc_sxtb16_odd(word0);
    const uint32_t even1 = tinyc_sxtb16(word1), odd1 = tinyc_sxtb16_odd(word1);
    uint32_t w = tinyc_load_u32(w0);
    acc.a00 = tinyc_smlad(tinyc_sxtb16(w), even0, acc.a00);
    acc.a01 = tinyc_smlad(tinyc_sxtb16(w), even1, acc.a01);
    acc.a00 = tinyc_smlad(tinyc_sxtb16_odd(w), odd0, acc.a00);
    acc.a01 = tinyc_smlad(tinyc_sxtb16_odd(w), odd1, acc.a01);
    w = tinyc_load_u32(w1);
    acc.a10 = tinyc_smlad(tinyc_sxtb16(w), even0, acc.a10);
    acc.a11 = tinyc_smlad(tinyc_sxtb16(w), even1, acc.a11);
    acc.a10 = tinyc_smlad(tinyc_sxtb16_odd(w), odd0, acc.a10);
    acc.a11 = tinyc_smlad(tinyc_sxtb16_odd(w), odd1, acc.a11);
    w0 += 4;
    w1 += 4;
    x0 += 4;
    x1 += 4;
  }
#endif
  for (; count > 0; --count) {
    const int32_t v0 = *w0++, v1 = *w1++, u0 = *x0++, u1 = *x1++;
    acc.a00 += v0 * u0;
    acc.a01 += v0 * u1;
    acc.a10 += v1 * u0;
    acc.a11 += v1 * u1;
  }
  return acc;
}

/* Accumulators of two channels at one pixel. */
typedef struct {
  int32_t a0, a1;
} tinyc_tile_2x1;

TINYC_INLINE tinyc_tile_2x1 tinyc_dot_2x1_s8(tinyc_tile_2x1 acc, const int8_t *w0, const int8_t *w1, const int8_t *x,
                                             int32_t count) {
#if TINYC_DSP
  for (; count >= 4; count -= 4) {
    const uint32_t word = tinyc_load_u32(x), v0 = tinyc_load_u32(w0), v1 = tinyc_load_u32(w1);
    const uint32_t even = tinyc_sxtb16(word), odd = tinyc_sxtb16_odd(word);
    acc.a0 = tinyc_smlad(tinyc_sxtb16(v0), even, acc.a0);
    acc.a0 = tinyc_smlad(tinyc_sxtb16_odd(v0), odd, acc.a0);
    acc.a1 = tinyc_smlad(tinyc_sxtb16(v1), even, acc.a1);
    acc.a1 = tinyc_smlad(tinyc_sxtb16_odd(v1), odd, acc.a1);
    w0 += 4;
    w1 += 4;
    x += 4;
  }
#endif
  for (; count > 0; --count) {
    const int32_t u = *x++;
    acc.a0 += *w0++ * u;
    acc.a1 += *w1++ * u;
  }
  return acc;
}

TINYC_INLINE int32_t tinyc_sum_s8(const int8_t *values, int32_t count) {
  int32_t sum = 0;
  for (; count > 0; --count) sum += *values++;
  return sum;
}

#endif
