#ifndef TINYC_RUNTIME_MVE_H
#define TINYC_RUNTIME_MVE_H
/* TINYC_MVE: the vector instructions of M55 and M85. TINYC_PORTABLE deselects them, as it does TINYC_DSP. */

#include "lib/runtime/common.h"

#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__) && !defined(TINYC_PORTABLE)
#define TINYC_MVE 1
#include <arm_mve.h>
#else
#define TINYC_MVE 0
#endif

/* `count` bytes that do not overlap; may be none. */
TINYC_INLINE void tinyc_mve_copy(int8_t *to, const int8_t *from, int32_t count) {
#if TINYC_MVE
  __asm__ volatile(
      "wlstp.8 lr, %[count], 2f\n"
      "1:\n"
      "vldrb.8 q0, [%[from]], #16\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [count] "r"(count)
      : "lr", "q0", "memory");
#else
  memcpy(to, from, (size_t)count);
#endif
}

TINYC_INLINE void tinyc_mve_fill(int8_t *to, int32_t value, int32_t count) {
#if TINYC_MVE
  __asm__ volatile(
      "vdup.8 q0, %[value]\n"
      "wlstp.8 lr, %[count], 2f\n"
      "1:\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [to] "+r"(to)
      : [count] "r"(count), [value] "r"(value)
      : "lr", "q0", "memory");
#else
  memset(to, value, (size_t)count);
#endif
}

/* Limits `count` bytes to [low, high]. */
TINYC_INLINE void tinyc_mve_clamp(int8_t *y, int32_t count, int32_t low, int32_t high) {
#if TINYC_MVE
  __asm__ volatile(
      "vdup.8 q1, %[low]\n"
      "vdup.8 q2, %[high]\n"
      "wlstp.8 lr, %[count], 2f\n"
      "1:\n"
      "vldrb.8 q0, [%[y]]\n"
      "vmax.s8 q0, q0, q1\n"
      "vmin.s8 q0, q0, q2\n"
      "vstrb.8 q0, [%[y]], #16\n"
      "letp lr, 1b\n"
      "2:\n"
      : [y] "+r"(y)
      : [count] "r"(count), [low] "r"(low), [high] "r"(high)
      : "lr", "q0", "q1", "q2", "memory");
#else
  int32_t i;
  for (i = 0; i < count; ++i) y[i] = tinyc_clamp_s8(y[i], low, high);
#endif
}

/* Byte k of a sequence of words. */
TINYC_INLINE int32_t tinyc_mve_byte(const int32_t *words, int32_t k) {
  return (int8_t)(uint8_t)(((uint32_t)words[k >> 2] >> (8 * (k & 3))) & 0xffu);
}

#endif
