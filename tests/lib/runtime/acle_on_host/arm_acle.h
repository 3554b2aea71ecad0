#pragma once
// The DSP instructions the kernels use, in C, so that their DSP variants are tested on the host too.

#include <stdint.h>

typedef int32_t int8x4_t;
typedef int32_t int16x2_t;

static inline int32_t tinyc_test_halves(int32_t low, int32_t high) {
  return (int32_t)(((uint32_t)low & 0xffffu) | ((uint32_t)high << 16));
}
static inline int16x2_t __sxtb16(int8x4_t a) {
  return tinyc_test_halves((int8_t)(a & 0xff), (int8_t)((a >> 16) & 0xff));
}
static inline int16x2_t __sxtab16(int16x2_t to, int8x4_t a) {
  return tinyc_test_halves((int16_t)(to & 0xffff) + (int8_t)(a & 0xff), (to >> 16) + (int8_t)((a >> 16) & 0xff));
}
static inline int32_t __smlad(int16x2_t a, int16x2_t b, int32_t acc) {
  return acc + (int16_t)(a & 0xffff) * (int16_t)(b & 0xffff) + (a >> 16) * (b >> 16);
}
