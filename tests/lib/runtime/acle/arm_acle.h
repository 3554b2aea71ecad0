#pragma once
/* The instructions of the DSP extension that kernels use, as C: with it and __ARM_FEATURE_DSP defined, the DSP
 * forms of kernels run on the host. From the Arm C Language Extensions, section 8.5. */
#include <stdint.h>

typedef int32_t int8x4_t;
typedef int32_t int16x2_t;

static inline int32_t acle_half(int32_t word, int which) { return (int16_t)((uint32_t)word >> (16 * which)); }
static inline int32_t acle_pack(int32_t low, int32_t high) {
  return (int32_t)(((uint32_t)low & 0xffffu) | ((uint32_t)high << 16));
}
static inline int16x2_t __sxtb16(int8x4_t x) {
  return acle_pack((int8_t)(uint32_t)x, (int8_t)((uint32_t)x >> 16));
}
static inline int32_t __smlad(int16x2_t a, int16x2_t b, int32_t acc) {
  return (int32_t)((uint32_t)acc + (uint32_t)(acle_half(a, 0) * acle_half(b, 0)) +
                   (uint32_t)(acle_half(a, 1) * acle_half(b, 1)));
}
