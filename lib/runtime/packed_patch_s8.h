#ifndef TINYC_RUNTIME_PACKED_PATCH_S8_H
#define TINYC_RUNTIME_PACKED_PATCH_S8_H
/* Bytes as the halfwords of a patch (packed_tile_s8.h). */

#include "lib/runtime/common.h"

/* Four bytes per step of every other pair of words; count is a multiple of 4. */
TINYC_INLINE int16_t *tinyc_widen_one(int16_t *to, const int8_t *from, int32_t count) {
#if TINYC_DSP
  for (; count > 0; count -= 4, from += 4, to += 8) {
    const uint32_t word = tinyc_load_u32(from);
    tinyc_store_u32_aligned(to, tinyc_sxtb16(word));
    tinyc_store_u32_aligned(to + 4, tinyc_sxtb16_odd(word));
  }
#else
  for (; count > 0; count -= 4, from += 4, to += 8) {
    to[0] = from[0];
    to[1] = from[2];
    to[4] = from[1];
    to[5] = from[3];
  }
#endif
  return to;
}

/* Both pixels at once. */
TINYC_INLINE int16_t *tinyc_widen_two(int16_t *to, const int8_t *from0, const int8_t *from1, int32_t count) {
#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)
  /* Loads and stores in a row take a cycle each, alone two: the compiler would scatter them. */
  const int8_t *const end = from0 + (count & ~7);
  uint32_t a, b, c, d, e, f, g;
  if (from0 != end)
    __asm__ volatile(
        ".syntax unified\n"
        "1:\n"
        "ldr %[b], [%[from0], #4]\n"
        "ldr %[d], [%[from1], #4]\n"
        "ldr %[c], [%[from1]], #8\n"
        "ldr %[a], [%[from0]], #8\n"
        "sxtb16 %[e], %[b]\n"
        "sxtb16 %[f], %[d]\n"
        "sxtb16 %[g], %[b], ror #8\n"
        "sxtb16 %[d], %[d], ror #8\n"
        "sxtb16 %[b], %[a]\n"
        "sxtb16 %[a], %[a], ror #8\n"
        "str %[e], [%[to], #16]\n"
        "str %[f], [%[to], #20]\n"
        "str %[g], [%[to], #24]\n"
        "str %[d], [%[to], #28]\n"
        "sxtb16 %[e], %[c]\n"
        "sxtb16 %[f], %[c], ror #8\n"
        "cmp %[from0], %[end]\n"
        "str %[a], [%[to], #8]\n"
        "str %[f], [%[to], #12]\n"
        "str %[e], [%[to], #4]\n"
        "str %[b], [%[to]], #32\n"
        "bne 1b\n"
        : [from0] "+&r"(from0), [from1] "+&r"(from1), [to] "+&r"(to), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c),
          [d] "=&r"(d), [e] "=&r"(e), [f] "=&r"(f), [g] "=&r"(g)
        : [end] "r"(end)
        : "cc", "memory");
  count &= 7;
  if (count == 0) return to;
#endif
  tinyc_widen_one(to + 2, from1, count);
  return tinyc_widen_one(to, from0, count);
}

#endif
