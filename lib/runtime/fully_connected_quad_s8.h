#ifndef TINYC_RUNTIME_FULLY_CONNECTED_QUAD_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_QUAD_S8_H
/* Fully connected layer for cores that multiply 32 bits by 32 bits and nothing else, four outputs at a time.
 *
 * The weights of an input share a word: w0 + 128, w1 + 128, w2 + 128, and w3 in the highest byte. Its arithmetic shifts by 0, 8,
 * 16 and 24 are multiplied as they are; of the sums T0 ... T3 modulo 2^32 the output is Ti - 2^8 T(i+1), and of the first three
 * 128 times the sum of the inputs less. The stream of a group: four biases, a word of each input, four multipliers
 * (tinyc_requantize_stored). */

#include "lib/runtime/requantize.h"

typedef struct {
  int32_t rows, inputs, outputs;
  const int32_t *weights; /* the outputs filled up with zeros to a multiple of 4 */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_fully_connected_quad_s8_params;

#if defined(__GNUC__) && defined(__thumb__) && !defined(TINYC_PORTABLE)
/* The input r2 times the weights v, added to r8-r11. */
#define TINYC_QUAD_MAC(v)       \
  "asrs r3, " v ", #24\n"       \
  "muls r3, r2, r3\n"           \
  "add r11, r3\n"               \
  "asrs r3, " v ", #16\n"       \
  "muls r3, r2, r3\n"           \
  "add r10, r3\n"               \
  "asrs r3, " v ", #8\n"        \
  "muls r3, r2, r3\n"           \
  "add r9, r3\n"                \
  "muls " v ", r2, " v "\n"     \
  "add r8, " v "\n"
#define TINYC_QUAD_MAC_2        \
  "ldmia r7!, {r0, r1}\n"       \
  "ldrsb r2, [r6, r4]\n"        \
  TINYC_QUAD_MAC("r0")          \
  "ldrsb r2, [r6, r5]\n"        \
  TINYC_QUAD_MAC("r1")          \
  "adds r6, #2\n"

/* Four sums over the inputs [x, end), from one word of weights each. Returns the weights behind. r12 end, lr end of what the loop
 * over four inputs takes. */
__attribute__((naked, noinline, unused)) static const uint32_t *
tinyc_quad_sums(const uint32_t *w __attribute__((unused)), const int8_t *x __attribute__((unused)),
                const int8_t *end __attribute__((unused)), uint32_t *sums __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r3-r7, lr}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "mov r7, r11\n"
      "push {r4-r7}\n"
      "mov r7, r0\n"
      "mov r6, r1\n"
      "mov r12, r2\n"
      "subs r2, r2, r1\n"
      "movs r4, #3\n"
      "bics r2, r4\n"
      "adds r2, r2, r1\n"
      "mov lr, r2\n"
      "movs r4, #0\n"
      "movs r5, #1\n"
      "mov r8, r4\n"
      "mov r9, r4\n"
      "mov r10, r4\n"
      "mov r11, r4\n"
      "b 2f\n"
      "1:\n"
      TINYC_QUAD_MAC_2
      TINYC_QUAD_MAC_2
      "2:\n"
      "cmp r6, lr\n"
      "bne 1b\n"
      "b 4f\n"
      "3:\n"
      "ldmia r7!, {r0}\n"
      "ldrsb r2, [r6, r4]\n"
      TINYC_QUAD_MAC("r0")
      "adds r6, #1\n"
      "4:\n"
      "cmp r6, r12\n"
      "bne 3b\n"
      "mov r0, r7\n"
      "ldr r1, [sp, #16]\n"
      "mov r2, r8\n"
      "mov r3, r9\n"
      "mov r4, r10\n"
      "mov r5, r11\n"
      "stmia r1!, {r2-r5}\n"
      "pop {r4-r7}\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "pop {r3-r7, pc}\n");
}
#else
TINYC_NOINLINE const uint32_t *tinyc_quad_sums(const uint32_t *w, const int8_t *x, const int8_t *end, uint32_t *sums) {
  uint32_t t0 = 0, t1 = 0, t2 = 0, t3 = 0;
  for (; x != end; ++x) {
    const uint32_t value = (uint32_t)*x, word = *w++;
    t0 += value * word;
    t1 += value * (uint32_t)((int32_t)word >> 8);
    t2 += value * (uint32_t)((int32_t)word >> 16);
    t3 += value * (uint32_t)((int32_t)word >> 24);
  }
  sums[0] = t0;
  sums[1] = t1;
  sums[2] = t2;
  sums[3] = t3;
  return w;
}
#endif

TINYC_NOINLINE void tinyc_fully_connected_quad_s8(const tinyc_fully_connected_quad_s8_params *p, const int8_t *input,
                                                  int8_t *output) {
  int32_t row, i;
  for (row = 0; row < p->rows; ++row, input += p->inputs) {
    const uint32_t *w = (const uint32_t *)p->weights;
    int32_t total = 0, left;
    uint32_t offset;
    for (i = 0; i < p->inputs; ++i) total -= input[i];
    offset = (uint32_t)total << 7;
    for (left = p->outputs; left > 0; left -= 4) {
      const uint32_t *bias = w;
      uint32_t sums[4];
      w = tinyc_quad_sums(w + 4, input, input + p->inputs, sums);
      for (i = 0; i < tinyc_min_i32(4, left); ++i) {
        const uint32_t sum = sums[i] + bias[i] + (i < 3 ? offset - (sums[i + 1] << 8) : 0);
        const int32_t result = tinyc_requantize_stored((int32_t)(sum << p->left_shift), w[i], p->zero_point);
        *output++ = tinyc_clamp_s8(result, p->clamp_low, p->clamp_high);
      }
      w += 4;
    }
  }
}

#endif
