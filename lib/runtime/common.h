#ifndef TINYC_RUNTIME_COMMON_H
#define TINYC_RUNTIME_COMMON_H
/* What every kernel shares: attributes, word access, and the DSP instructions by name. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A kernel is static and may be unused in a translation unit that includes it. */
#if defined(__GNUC__)
#define TINYC_KERNEL static __attribute__((unused))
#define TINYC_INLINE static inline __attribute__((unused, always_inline))
/* One body: an inner loop that wants all registers, or a long kernel that layers share. */
#if defined(__clang__)
#define TINYC_NOINLINE static __attribute__((unused, noinline))
#else
#define TINYC_NOINLINE static __attribute__((unused, noinline, noclone))
#endif
#define TINYC_RESTRICT __restrict
#define TINYC_KEEP_ORDER() __asm__ volatile("" ::: "memory") /* loads stay where they are: fewer registers needed */
#define TINYC_LIKELY(condition) __builtin_expect(!!(condition), 1)
#else
#define TINYC_KERNEL static
#define TINYC_INLINE static inline
#define TINYC_NOINLINE static
#define TINYC_RESTRICT
#define TINYC_KEEP_ORDER()
#define TINYC_LIKELY(condition) (condition)
#endif

/* TINYC_DSP: SMLAD and friends; TINYC_MUL_LONG: a 32x32->64 bit multiply instruction. Defining TINYC_PORTABLE
 * selects the portable definitions everywhere; the results are the same bytes. */
#if defined(__ARM_FEATURE_DSP) && !defined(TINYC_PORTABLE)
#define TINYC_DSP 1
#include <arm_acle.h>
#else
#define TINYC_DSP 0
#endif
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__) || defined(TINYC_NO_MUL_LONG)
#define TINYC_MUL_LONG 0
#else
#define TINYC_MUL_LONG 1
#endif

/* Words at any address (single instructions where the core allows it). */
TINYC_INLINE uint32_t tinyc_load_u32(const void *from) {
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
}
TINYC_INLINE void tinyc_store_u32(void *to, uint32_t word) { memcpy(to, &word, sizeof word); }

/* Words at addresses that are multiples of 4. */
TINYC_INLINE uint32_t tinyc_load_u32_aligned(const void *from) {
#if defined(__GNUC__)
  from = __builtin_assume_aligned(from, 4);
#endif
  return tinyc_load_u32(from);
}
TINYC_INLINE void tinyc_store_u32_aligned(void *to, uint32_t word) {
#if defined(__GNUC__)
  to = __builtin_assume_aligned(to, 4);
#endif
  tinyc_store_u32(to, word);
}

TINYC_INLINE int32_t tinyc_min_i32(int32_t a, int32_t b) { return a < b ? a : b; }
TINYC_INLINE int32_t tinyc_max_i32(int32_t a, int32_t b) { return a > b ? a : b; }

/* value limited to [low, high], a range within int8. */
TINYC_INLINE int8_t tinyc_clamp_s8(int32_t value, int32_t low, int32_t high) {
  return (int8_t)tinyc_min_i32(tinyc_max_i32(value, low), high);
}

#if TINYC_DSP
/* value limited to int8. */
TINYC_INLINE int8_t tinyc_saturate_s8(int32_t value) {
#if defined(__GNUC__) && defined(__arm__)
  int32_t result;
  __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value) : "cc");
  return (int8_t)result;
#else
  return tinyc_clamp_s8(value, -128, 127);
#endif
}
/* Bytes 0 and 2, or 1 and 3, sign-extended into the halves of a word; with `to` added half by half. GCC does not fold
 * the rotation of the odd bytes into the instruction. */
TINYC_INLINE uint32_t tinyc_sxtb16(uint32_t word) { return (uint32_t)__sxtb16((int8x4_t)word); }
TINYC_INLINE uint32_t tinyc_sxtab16(uint32_t to, uint32_t word) {
  return (uint32_t)__sxtab16((int16x2_t)to, (int8x4_t)word);
}
TINYC_INLINE uint32_t tinyc_sxtb16_odd(uint32_t word) {
#if defined(__GNUC__) && defined(__arm__)
  uint32_t result;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
#else
  return tinyc_sxtb16((word >> 8) | (word << 24));
#endif
}
TINYC_INLINE uint32_t tinyc_sxtab16_odd(uint32_t to, uint32_t word) {
#if defined(__GNUC__) && defined(__arm__)
  uint32_t result;
  __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(to), "r"(word));
  return result;
#else
  return tinyc_sxtab16(to, (word >> 8) | (word << 24));
#endif
}
/* acc plus the products of both halves, of the low halves, of the high halves. */
TINYC_INLINE int32_t tinyc_smlad(uint32_t a, uint32_t b, int32_t acc) {
  return (int32_t)__smlad((int16x2_t)a, (int16x2_t)b, acc);
}
#if defined(__GNUC__) && defined(__arm__)
/* As expressions GCC would reorder the sums and spill their terms. */
TINYC_INLINE int32_t tinyc_smlabb(uint32_t a, uint32_t b, int32_t acc) {
  __asm__("smlabb %0, %1, %2, %0" : "+r"(acc) : "r"(a), "r"(b));
  return acc;
}
TINYC_INLINE int32_t tinyc_smlatt(uint32_t a, uint32_t b, int32_t acc) {
  __asm__("smlatt %0, %1, %2, %0" : "+r"(acc) : "r"(a), "r"(b));
  return acc;
}
#else
TINYC_INLINE int32_t tinyc_smlabb(uint32_t a, uint32_t b, int32_t acc) { return acc + (int16_t)a * (int16_t)b; }
TINYC_INLINE int32_t tinyc_smlatt(uint32_t a, uint32_t b, int32_t acc) {
  return acc + ((int32_t)a >> 16) * ((int32_t)b >> 16);
}
#endif
#endif

#endif
