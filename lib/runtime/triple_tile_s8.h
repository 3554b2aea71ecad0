#ifndef TINYC_RUNTIME_TRIPLE_TILE_S8_H
#define TINYC_RUNTIME_TRIPLE_TILE_S8_H
/* Three pixels times all output channels, for cores that multiply 32 bits by 32 bits and nothing else.
 *
 * Three sums share two words: an input of pixels a, b and c is the pair of words a + 2^21 b, c + 2^10 b. The products with a
 * weight accumulate A + 2^21 B and C + 2^10 B modulo 2^32, which give A, B and C as long as all three lie within
 * [-2^20, 2^20): proved per layer from the weights; a depth that is too long for it is cut into runs.
 *
 * Four weights of a channel share a word: w0 in the highest byte, w1 + 128, w2 + 128, w3 + 128. Its arithmetic shifts by 24,
 * 16, 8 and 0 are used as they are, with the weights behind w0 still in them: the patch makes up for it, by storing
 * x0 - 2^8 x1, x1 - 2^8 x2, x2 - 2^8 x3, x3 for every four inputs, and before every run minus 128 times its x1, x2, x3.
 *
 * The stream of a group of three or two channels: for each run (1 + 2^21) * bias and (1 + 2^10) * bias of each channel
 * (zeros but in the first run), then for every four inputs a word of each channel; at the end a multiplier of each channel:
 * 16 bits of mantissa, the shift in [1, 16] above them, bit 31 if there are several runs. */

#include "lib/runtime/requantize.h"

typedef struct {
  const uint32_t *weights; /* groups of three, then groups of two */
  const uint32_t *patch;
  int8_t *pixel[3]; /* results, one byte per channel; the same pixel may stand for several */
  int32_t zero_point;
  int32_t run_bytes; /* of a run in the patch, without what stands before it; a multiple of 32, at least 32 */
  int32_t runs, threes, twos;
} tinyc_triple_tile;

/* channels is at least 2, length the inputs of a run. */
TINYC_INLINE void tinyc_triple_prepare(tinyc_triple_tile *tile, const int32_t *weights, const uint32_t *patch, int32_t channels,
                                       int32_t runs, int32_t length, int32_t zero_point) {
  int32_t twos = 0;
  tile->weights = (const uint32_t *)weights;
  tile->patch = patch;
  tile->zero_point = zero_point;
  tile->run_bytes = 8 * length;
  tile->runs = runs;
  for (tile->threes = 0; channels > 4 || channels == 3; channels -= 3) ++tile->threes;
  for (; channels > 0; channels -= 2) ++twos;
  tile->twos = twos;
}

#if defined(__GNUC__) && defined(__thumb__) && !defined(TINYC_PORTABLE) && \
    (defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__) || defined(__thumb2__))
#define TINYC_TRIPLE_ASM 1
#else
#define TINYC_TRIPLE_ASM 0
#endif

#if TINYC_TRIPLE_ASM

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Woverlength-strings"
#endif

/* The products of a channel's weight, `by` bits up in v, with both words of the patch (r3, r4), added to a and b. The last
 * channel may overwrite the words, the last weight v. */
#if defined(__thumb2__)
#define TINYC_TRIPLE_MAC(v, by, a, b)                                                             \
  "asrs r5, " v ", #" by "\n"                                                                     \
  "mla " a ", r5, r3, " a "\n"                                                                    \
  "mla " b ", r5, r4, " b "\n"
#define TINYC_TRIPLE_MAC_0(v, a, b)                                                               \
  "mla " a ", " v ", r3, " a "\n"                                                                 \
  "mla " b ", " v ", r4, " b "\n"
#define TINYC_TRIPLE_LAST(v, by, a, b) TINYC_TRIPLE_MAC(v, by, a, b)
#define TINYC_TRIPLE_LAST_0(v, a, b) TINYC_TRIPLE_MAC_0(v, a, b)
#define TINYC_TRIPLE_AGAIN(at) "bne " at "b\n"
#define TINYC_TRIPLE_SATURATE(sum) "ssat r2, #8, r2\n"
#else
#define TINYC_TRIPLE_MAC(v, by, a, b)                                                             \
  "asrs r5, " v ", #" by "\n"                                                                     \
  "muls r5, r3, r5\n"                                                                             \
  "add " a ", r5\n"                                                                               \
  "asrs r5, " v ", #" by "\n"                                                                     \
  "muls r5, r4, r5\n"                                                                             \
  "add " b ", r5\n"
#define TINYC_TRIPLE_MAC_0(v, a, b)                                                               \
  "mov r5, " v "\n"                                                                               \
  "muls r5, r3, r5\n"                                                                             \
  "add " a ", r5\n"                                                                               \
  "muls " v ", r4, " v "\n"                                                                       \
  "add " b ", " v "\n"
#define TINYC_TRIPLE_LAST_0(v, a, b)                                                              \
  "muls r3, " v ", r3\n"                                                                          \
  "add " a ", r3\n"                                                                               \
  "muls r4, " v ", r4\n"                                                                          \
  "add " b ", r4\n"
#define TINYC_TRIPLE_LAST(v, by, a, b) "asrs r5, " v ", #" by "\n" TINYC_TRIPLE_LAST_0("r5", a, b)
#define TINYC_TRIPLE_AGAIN(at) \
  "beq 9f\n"                   \
  "b " at "b\n"                \
  "9:\n"
#define TINYC_TRIPLE_SATURATE(sum) \
  "sxtb " sum ", r2\n"             \
  "cmp " sum ", r2\n"              \
  "beq 9f\n"                       \
  "asrs r2, r2, #31\n"             \
  "movs " sum ", #127\n"           \
  "eors r2, " sum "\n"             \
  "9:\n"
#endif

/* Four inputs times three or two channels: r0-r2 weights, r6 patch, r7 stream. */
#define TINYC_TRIPLE_3(by)                           \
  "ldmia r6!, {r3, r4}\n"                            \
  TINYC_TRIPLE_MAC("r0", by, "r8", "r9")             \
  TINYC_TRIPLE_MAC("r1", by, "r10", "r11")           \
  TINYC_TRIPLE_LAST("r2", by, "r12", "lr")
#define TINYC_TRIPLE_2(by)                           \
  "ldmia r6!, {r3, r4}\n"                            \
  TINYC_TRIPLE_MAC("r0", by, "r8", "r9")             \
  TINYC_TRIPLE_LAST("r1", by, "r10", "r11")
#define TINYC_TRIPLE_QUAD_3                          \
  "ldmia r7!, {r0-r2}\n"                             \
  TINYC_TRIPLE_3("24") TINYC_TRIPLE_3("16") TINYC_TRIPLE_3("8") \
  "ldmia r6!, {r3, r4}\n"                            \
  TINYC_TRIPLE_MAC_0("r0", "r8", "r9")               \
  TINYC_TRIPLE_MAC_0("r1", "r10", "r11")             \
  TINYC_TRIPLE_LAST_0("r2", "r12", "lr")
#define TINYC_TRIPLE_QUAD_2                          \
  "ldmia r7!, {r0, r1}\n"                            \
  TINYC_TRIPLE_2("24") TINYC_TRIPLE_2("16") TINYC_TRIPLE_2("8") \
  "ldmia r6!, {r3, r4}\n"                            \
  TINYC_TRIPLE_MAC_0("r0", "r8", "r9")               \
  TINYC_TRIPLE_LAST_0("r1", "r10", "r11")

/* r3, r4 hold what stands before the run. */
#define TINYC_TRIPLE_BIAS(a, b) \
  "ldmia r7!, {r0, r1}\n"       \
  "adds r0, r0, r3\n"           \
  "adds r1, r1, r4\n"           \
  "mov " a ", r0\n"             \
  "mov " b ", r1\n"

/* The three sums in a and b: r3, r1, r5. */
#define TINYC_TRIPLE_SUMS(a, b) \
  "mov r1, " a "\n"             \
  "mov r2, " b "\n"             \
  "lsls r3, r1, #11\n"          \
  "asrs r3, r3, #11\n"          \
  "subs r1, r1, r3\n"           \
  "asrs r5, r1, #11\n"          \
  "subs r2, r2, r5\n"           \
  "lsls r5, r2, #11\n"          \
  "asrs r5, r5, #11\n"          \
  "subs r2, r2, r5\n"           \
  "asrs r1, r1, #21\n"          \
  "asrs r2, r2, #10\n"          \
  "adds r1, r1, r2\n"

#define TINYC_TRIPLE_KEEP_ONE(sum, at) \
  "ldr r0, [sp, #" at "]\n"            \
  "adds r0, r0, " sum "\n"             \
  "str r0, [sp, #" at "]\n"
/* Adds the sums of a run that is not the last to those of the runs before. */
#define TINYC_TRIPLE_KEEP(a, b, at0, at1, at2) \
  TINYC_TRIPLE_SUMS(a, b)                      \
  TINYC_TRIPLE_KEEP_ONE("r3", at0) TINYC_TRIPLE_KEEP_ONE("r1", at1) TINYC_TRIPLE_KEEP_ONE("r5", at2)

/* Result of channel `channel` of the group for the pixel at [sp, pixel]: r6 mantissa, r7 shift, r4 zero point. The carry of the
 * shift rounds. */
#define TINYC_TRIPLE_RESULT(sum, pixel, channel, then) \
  "asrs r2, " sum ", #16\n"                      \
  "uxth " sum ", " sum "\n"                      \
  "muls r2, r6, r2\n"                            \
  "muls " sum ", r6, " sum "\n"                  \
  "lsrs " sum ", " sum ", #16\n"                 \
  "adds r2, r2, " sum "\n"                       \
  "asrs r2, r2, r7\n"                            \
  "adcs r2, r2, r4\n"                            \
  TINYC_TRIPLE_SATURATE(sum)                     \
  "ldr r0, [sp, #" pixel "]\n"                   \
  "strb r2, [r0, #" channel "]\n"               \
  then

#define TINYC_TRIPLE_CHANNEL(a, b, channel, word, at0, at1, at2, multiplier_read, next0, next1, next2) \
  TINYC_TRIPLE_SUMS(a, b)                                        \
  "ldr r0, [sp, #40]\n"                                          \
  "ldr r6, [r0, #" word "]\n"                                    \
  multiplier_read                                                \
  "asrs r7, r6, #16\n"                                           \
  "bpl 8f\n"                                                     \
  "ldr r0, [sp, #" at0 "]\n"                                     \
  "adds r3, r3, r0\n"                                            \
  "ldr r0, [sp, #" at1 "]\n"                                     \
  "adds r1, r1, r0\n"                                            \
  "ldr r0, [sp, #" at2 "]\n"                                     \
  "adds r5, r5, r0\n"                                            \
  "8:\n"                                                         \
  "uxth r6, r6\n"                                                \
  TINYC_TRIPLE_RESULT("r3", "8", channel, next0)                 \
  TINYC_TRIPLE_RESULT("r1", "12", channel, next1)                \
  TINYC_TRIPLE_RESULT("r5", "16", channel, next2)
/* The last channel of a group lets the stream and the pixels go on to the next. */
#define TINYC_TRIPLE_LAST_CHANNEL(a, b, channel, word, at0, at1, at2, bytes, channels)                                  \
  TINYC_TRIPLE_CHANNEL(a, b, channel, word, at0, at1, at2, "adds r0, #" bytes "\nstr r0, [sp, #40]\n",                  \
                       "adds r0, #" channels "\nstr r0, [sp, #8]\n", "adds r0, #" channels "\nstr r0, [sp, #12]\n",   \
                       "adds r0, #" channels "\nstr r0, [sp, #16]\n")

/* Begins a group: how often is left of it stands at [sp, count]; without any it goes to `done`. */
#define TINYC_TRIPLE_GROUP(count, done) \
  "ldr r0, [sp, #" count "]\n"          \
  "subs r0, #1\n"                       \
  "bpl 7f\n"                            \
  "b " done "f\n"                       \
  "7:\n"                                \
  "str r0, [sp, #" count "]\n"          \
  "ldr r6, [sp, #4]\n"                  \
  "ldr r7, [sp, #40]\n"                 \
  "ldr r5, [sp, #28]\n"                 \
  "cmp r5, #0\n"                        \
  "beq 7f\n"                            \
  "str r5, [sp, #44]\n"                 \
  "movs r0, #0\n"                       \
  "add r1, sp, #48\n"                   \
  "movs r2, #0\n"                       \
  "movs r3, #0\n"                       \
  "stmia r1!, {r0, r2, r3}\n"           \
  "stmia r1!, {r0, r2, r3}\n"           \
  "stmia r1!, {r0, r2, r3}\n"           \
  "7:\n"

/* r0, to be kept: where the run ends. Into the second half of the loop when its number of steps is odd. */
#define TINYC_TRIPLE_ENTER(half, keep) \
  "ldr r5, [sp, #24]\n"                \
  "adds r0, r6, r5\n"                  \
  keep                                 \
  "lsls r5, r5, #26\n"                 \
  "bmi " half "f\n"
#define TINYC_TRIPLE_LAST_RUN \
  "ldr r5, [sp, #44]\n"       \
  "subs r5, #1\n"             \
  "bmi 7f\n"                  \
  "str r5, [sp, #44]\n"
/* The results of a group: r7 points to its multipliers. */
#define TINYC_TRIPLE_RESULTS \
  "7:\n"                     \
  "str r7, [sp, #40]\n"      \
  "ldr r4, [sp, #20]\n"

/* Stack: 0 end of the run, 4 patch, 8, 12, 16 pixels, 20 zero point, 24 bytes of a run, 28 runs but the last, 32 threes, 36 twos,
 * 40 stream, 44 such runs left, 48 sums of the runs before. */
__attribute__((naked, noinline, unused)) static void
tinyc_triple_tile_run(const tinyc_triple_tile *tile __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r7, lr}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "mov r7, r11\n"
      "push {r4-r7}\n"
      "sub sp, #84\n"
      "ldmia r0!, {r1-r6}\n"
      "str r1, [sp, #40]\n"
      "add r1, sp, #4\n"
      "stmia r1!, {r2-r6}\n"
      "ldmia r0!, {r2-r5}\n"
      "subs r3, #1\n"
      "stmia r1!, {r2-r5}\n"
      "movs r0, #0\n"
      "str r0, [sp, #44]\n"
      "1:\n" /* a group of three */
      TINYC_TRIPLE_GROUP("32", "4")
      "2:\n"
      "ldmia r6!, {r3, r4}\n"
      TINYC_TRIPLE_BIAS("r8", "r9") TINYC_TRIPLE_BIAS("r10", "r11") TINYC_TRIPLE_BIAS("r12", "lr")
      TINYC_TRIPLE_ENTER("5", "str r0, [sp]\n")
      "3:\n"
      TINYC_TRIPLE_QUAD_3
      "5:\n"
      TINYC_TRIPLE_QUAD_3
      "ldr r5, [sp]\n"
      "cmp r6, r5\n"
      TINYC_TRIPLE_AGAIN("3")
      TINYC_TRIPLE_LAST_RUN
      TINYC_TRIPLE_KEEP("r8", "r9", "48", "52", "56")
      TINYC_TRIPLE_KEEP("r10", "r11", "60", "64", "68")
      TINYC_TRIPLE_KEEP("r12", "lr", "72", "76", "80")
      "b 2b\n"
      TINYC_TRIPLE_RESULTS
      TINYC_TRIPLE_CHANNEL("r8", "r9", "0", "0", "48", "52", "56", "", "", "", "")
      TINYC_TRIPLE_CHANNEL("r10", "r11", "1", "4", "60", "64", "68", "", "", "", "")
      TINYC_TRIPLE_LAST_CHANNEL("r12", "lr", "2", "8", "72", "76", "80", "12", "3")
      "b 1b\n"
      "4:\n" /* a group of two */
      TINYC_TRIPLE_GROUP("36", "6")
      "2:\n"
      "ldmia r6!, {r3, r4}\n"
      TINYC_TRIPLE_BIAS("r8", "r9") TINYC_TRIPLE_BIAS("r10", "r11")
      TINYC_TRIPLE_ENTER("5", "mov r12, r0\n")
      "3:\n"
      TINYC_TRIPLE_QUAD_2
      "5:\n"
      TINYC_TRIPLE_QUAD_2
      "cmp r6, r12\n"
      TINYC_TRIPLE_AGAIN("3")
      TINYC_TRIPLE_LAST_RUN
      TINYC_TRIPLE_KEEP("r8", "r9", "48", "52", "56")
      TINYC_TRIPLE_KEEP("r10", "r11", "60", "64", "68")
      "b 2b\n"
      TINYC_TRIPLE_RESULTS
      TINYC_TRIPLE_CHANNEL("r8", "r9", "0", "0", "48", "52", "56", "", "", "", "")
      TINYC_TRIPLE_LAST_CHANNEL("r10", "r11", "1", "4", "60", "64", "68", "8", "2")
      "b 4b\n"
      "6:\n"
      "add sp, #84\n"
      "pop {r4-r7}\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "pop {r4-r7, pc}\n");
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#else

/* The sums of one channel for three pixels, from what one run accumulated. */
TINYC_INLINE void tinyc_triple_sums(uint32_t both, uint32_t rest, int32_t *sums) {
  const int32_t a = (int32_t)(both << 11) >> 11, low = (int32_t)(both - (uint32_t)a) >> 21;
  const uint32_t c_and_high = rest - ((uint32_t)low << 10);
  const int32_t c = (int32_t)(c_and_high << 11) >> 11;
  sums[0] += a;
  sums[1] += low + (int32_t)((uint32_t)((int32_t)(c_and_high - (uint32_t)c) >> 21) << 11);
  sums[2] += c;
}

/* Channel `channel` of a group of `group`, whose stream begins at w. */
TINYC_INLINE void tinyc_triple_channel(const tinyc_triple_tile *tile, const uint32_t *w, int32_t group, int32_t channel,
                                       int32_t at) {
  const uint32_t *x = tile->patch;
  const int32_t steps = tile->run_bytes / 32;
  int32_t sums[3] = {0, 0, 0}, run, step, i;
  for (run = 0; run < tile->runs; ++run) {
    uint32_t both = w[2 * channel] + x[0], rest = w[2 * channel + 1] + x[1];
    for (w += 2 * group, x += 2, step = 0; step < steps; ++step, w += group)
      for (i = 24; i >= 0; i -= 8, x += 2) {
        const uint32_t weight = (uint32_t)((int32_t)w[channel] >> i);
        both += weight * x[0];
        rest += weight * x[1];
      }
    tinyc_triple_sums(both, rest, sums);
  }
  for (i = 0; i < 3; ++i)
    tile->pixel[i][at + channel] =
        tinyc_clamp_s8(tinyc_requantize_stored(sums[i], w[channel] & 0x7fffffffu, tile->zero_point), -128, 127);
}

TINYC_KERNEL void tinyc_triple_tile_run(const tinyc_triple_tile *tile) {
  const int32_t words = 3 + tile->run_bytes / 32 * tile->runs + 2 * (tile->runs - 1);
  const uint32_t *w = tile->weights;
  int32_t at = 0, group, left, channel;
  for (group = 3; group >= 2; --group)
    for (left = group == 3 ? tile->threes : tile->twos; left > 0; --left, at += group, w += group * words)
      for (channel = 0; channel < group; ++channel) tinyc_triple_channel(tile, w, group, channel, at);
}

#endif

/* Results are saturated to int8; the layer may want less. */
TINYC_INLINE void tinyc_triple_clamp(int8_t *output, int32_t count, int32_t low, int32_t high) {
  int32_t i;
  if (low > -128 || high < 127)
    for (i = 0; i < count; ++i) output[i] = tinyc_clamp_s8(output[i], low, high);
}

#endif
