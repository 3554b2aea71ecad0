#ifndef TINYC_RUNTIME_NIBBLE_TILE_S8_H
#define TINYC_RUNTIME_NIBBLE_TILE_S8_H
/* A strip of pixel pairs times all output channels, as packed_tile_s8.h computes it, from weights in [-7, 7]. The patch is the
 * same.
 *
 * Four channels share a halfword: 4096 * w3 + 256 * (w2 + 8) + 16 * w1 + (w0 + 8). Its low 12 bits are the last three terms, its low
 * byte, as a signed one, the last two, its low nibble the last. One SMLAD on a word of each accumulates, with S the sum of
 * products of a channel and X the sum of the inputs,
 *   d = S0 + 8 * X,  c = 16 * S1 + d,  b = 256 * (S2 + 8 * X) + c,  a = 4096 * S3 + b,
 * from which the four sums follow exactly as long as |S1| < 2^27, |S2 + 8 * X| < 2^23 and |S3| < 2^19 (proved per layer when the
 * weights are packed).
 *
 * The stream of a group of four channels: bias (d, c, b, a of the four), then for every four inputs the halfwords of (0,2) and of
 * (1,3), then four multipliers. */

#include "lib/runtime/packed_tile_s8.h"

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* Like tinyc_packed_tile_run. r0 weights, r2, r3 inputs, r4-r7 and r8-r11 the sums d, c, b, a of both pixels, r12 weights, lr
 * patch. The stack as there; 48 and 52 are 8 * X of the pixels. */
__attribute__((naked, noinline, unused)) static void
tinyc_nibble_tile_run(const tinyc_packed_tile *tile __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #60\n"
      "ldmia r0!, {r4-r12}\n"
      "ldmia r0, {r1, r2}\n"
      "adr r3, 2f\n"
      "add r11, r11, r3\n"
      "sub r3, r6, r5\n"
      "adds r11, #1\n"
      "sub r9, r9, r8\n"
      "stmia sp, {r4-r12}\n"
      "str r1, [sp, #36]\n"
      "str r2, [sp, #40]\n"
      "str r3, [sp, #44]\n"
      "0:\n" /* the sums of the inputs of a pair, 8 and then 2 steps at a time */
      "ldr r3, [sp, #44]\n"
      "ldr lr, [sp, #4]\n"
      "mov r0, #0\n"
      "mov r1, #0\n"
      "mov r2, #0x00010001\n"
      "subs r3, #64\n"
      "blt 5f\n"
      "4:\n"
      ".irp half, 0, 1\n"
      "ldmia lr!, {r4-r11}\n"
      "smlad r0, r4, r2, r0\n"
      "smlad r1, r5, r2, r1\n"
      "smlad r0, r6, r2, r0\n"
      "smlad r1, r7, r2, r1\n"
      "smlad r0, r8, r2, r0\n"
      "smlad r1, r9, r2, r1\n"
      "smlad r0, r10, r2, r0\n"
      "smlad r1, r11, r2, r1\n"
      ".endr\n"
      "subs r3, #64\n"
      "bge 4b\n"
      "5:\n"
      "adds r3, #64\n"
      "beq 7f\n"
      "6:\n"
      "ldmia lr!, {r4-r7}\n"
      "subs r3, #16\n"
      "smlad r0, r4, r2, r0\n"
      "smlad r1, r5, r2, r1\n"
      "smlad r0, r6, r2, r0\n"
      "smlad r1, r7, r2, r1\n"
      "bne 6b\n"
      "7:\n"
      "lsls r0, r0, #3\n"
      "lsls r1, r1, #3\n"
      "str r0, [sp, #48]\n"
      "str r1, [sp, #52]\n"
      "ldr r12, [sp, #0]\n"
      "1:\n" /* a group of four channels */
      "ldr r5, [r12, #4]\n"
      "ldr r6, [r12, #8]\n"
      "ldr r7, [r12, #12]\n"
      "ldr r4, [r12], #16\n"
      "ldr lr, [sp, #4]\n"
      "ldr r9, [sp, #32]\n"
      "ldr r0, [r12]\n"
      "ldr r2, [lr]\n"
      "ldr r3, [lr, #4]\n"
      "sub r12, r12, r9, asr #1\n"
      "sub lr, lr, r9\n"
      "smlad r11, r0, r3, r7\n"
      "smlad r7, r0, r2, r7\n"
      "bic r0, r0, #0xf000f000\n"
      "smlad r10, r0, r3, r6\n"
      "smlad r6, r0, r2, r6\n"
      "sxtb16 r0, r0\n"
      "smlad r9, r0, r3, r5\n"
      "smlad r5, r0, r2, r5\n"
      "and r0, r0, #0x000f000f\n"
      "smlad r8, r0, r3, r4\n"
      "smlad r4, r0, r2, r4\n"
      "ldr pc, [sp, #28]\n"
      ".p2align 2\n"
      "2:\n"
      ".irp step, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n" /* 56 bytes each */
      "ldr.w r0, [r12, #4 * \\step]\n"
      "ldr.w r2, [lr, #8 * \\step]\n"
      "ldr.w r3, [lr, #8 * \\step + 4]\n"
      "smlad r7, r0, r2, r7\n"
      "smlad r11, r0, r3, r11\n"
      "bic r0, r0, #0xf000f000\n"
      "smlad r6, r0, r2, r6\n"
      "smlad r10, r0, r3, r10\n"
      "sxtb16 r0, r0\n"
      "smlad r5, r0, r2, r5\n"
      "smlad r9, r0, r3, r9\n"
      "and r0, r0, #0x000f000f\n"
      "smlad r4, r0, r2, r4\n"
      "smlad r8, r0, r3, r8\n"
      ".endr\n"
      "ldr r0, [sp, #8]\n"
      "add lr, #128\n"
      "add r12, #64\n"
      "cmp lr, r0\n"
      "bne 2b\n"
      "ldr r0, [sp, #48]\n"
      "ldr r3, [sp, #52]\n"
      "ldr lr, [sp, #24]\n"
      "ldr r1, [r12, #4]\n"
      "ldr r2, [r12, #8]\n"
      "sub r7, r7, r6\n"
      "sub r11, r11, r10\n"
      "sub r6, r6, r5\n"
      "sub r10, r10, r9\n"
      "sub r5, r5, r4\n"
      "sub r9, r9, r8\n"
      "sub r4, r4, r0\n"
      "sub r8, r8, r3\n"
      "rsb r6, r0, r6, asr #8\n"
      "rsb r10, r3, r10, asr #8\n"
      "ldr r3, [r12, #12]\n"
      "ldr r0, [r12], #16\n"
      "asrs r7, r7, #12\n"
      "asr r11, r11, #12\n"
      "asrs r5, r5, #4\n"
      "asr r9, r9, #4\n"
      "smmlar r4, r4, r0, lr\n"
      "smmlar r5, r5, r1, lr\n"
      "smmlar r6, r6, r2, lr\n"
      "smmlar r7, r7, r3, lr\n"
      "smmlar r8, r8, r0, lr\n"
      "smmlar r9, r9, r1, lr\n"
      "smmlar r10, r10, r2, lr\n"
      "smmlar r11, r11, r3, lr\n"
      "ssat r4, #8, r4\n"
      "ssat r5, #8, r5\n"
      "ssat r6, #8, r6\n"
      "ssat r7, #8, r7\n"
      "ssat r8, #8, r8\n"
      "ssat r9, #8, r9\n"
      "ssat r10, #8, r10\n"
      "ssat r11, #8, r11\n"
      "ldr r2, [sp, #12]\n"
      "ldr r0, [sp, #16]\n"
      "ldr r1, [sp, #20]\n"
      "strb r8, [r0, r1]\n"
      "strb r4, [r0], #1\n"
      "strb r9, [r0, r1]\n"
      "strb r5, [r0], #1\n"
      "strb r10, [r0, r1]\n"
      "strb r6, [r0], #1\n"
      "strb r11, [r0, r1]\n"
      "strb r7, [r0], #1\n"
      "str r0, [sp, #16]\n"
      "cmp r12, r2\n"
      "bne.w 1b\n"
      "ldr r4, [sp, #36]\n" /* the next pair */
      "ldr r5, [sp, #40]\n"
      "ldr r6, [sp, #44]\n"
      "ldr r2, [sp, #4]\n"
      "ldr r3, [sp, #8]\n"
      "subs r4, #1\n"
      "add r0, r0, r5\n"
      "add r2, r2, r6\n"
      "add r3, r3, r6\n"
      "str r4, [sp, #36]\n"
      "str r0, [sp, #16]\n"
      "str r2, [sp, #4]\n"
      "str r3, [sp, #8]\n"
      "bne.w 0b\n"
      "add sp, #60\n"
      "pop {r4-r11, pc}\n");
}

#endif

/* Adds the products of one word with two inputs to d, c, b, a. */
TINYC_INLINE void tinyc_nibble_add(uint32_t *sums, uint32_t word, const int16_t *x) {
  int32_t i;
  for (i = 0; i < 2; ++i, word >>= 16) {
    const int32_t lane = (int16_t)(uint16_t)(word & 0xffffu), low = (int8_t)(uint8_t)(word & 0xffu);
    sums[0] += (uint32_t)((lane & 0xf) * x[i]);
    sums[1] += (uint32_t)(low * x[i]);
    sums[2] += (uint32_t)((lane & 0xfff) * x[i]);
    sums[3] += (uint32_t)(lane * x[i]);
  }
}

/* d, c, b, a and 8 * X made four results. */
TINYC_INLINE void tinyc_nibble_results(const uint32_t *sums, uint32_t x8, const uint32_t *multipliers, int32_t left_shift,
                                       int32_t zero_point, int8_t *to) {
  int32_t result[4], i;
  result[0] = (int32_t)(sums[0] - x8);
  result[1] = (int32_t)(sums[1] - sums[0]) >> 4;
  result[2] = ((int32_t)(sums[2] - sums[1]) >> 8) - (int32_t)x8;
  result[3] = (int32_t)(sums[3] - sums[2]) >> 12;
  for (i = 0; i < 4; ++i)
    to[i] = tinyc_clamp_s8(tinyc_requantize(result[i], (int32_t)multipliers[i], left_shift, zero_point), -128, 127);
}

#if !(TINYC_DSP && defined(__GNUC__) && defined(__arm__))
TINYC_KERNEL void tinyc_nibble_tile_run(const tinyc_packed_tile *tile) {
  const ptrdiff_t steps = (tile->patch_end - tile->patch) / 4;
  const int16_t *patch = tile->patch;
  int8_t *to[2];
  int32_t left, pixel;
  to[0] = tile->pixel0;
  to[1] = tile->pixel1;
  for (left = tile->pairs; left > 0; --left, patch += 4 * steps, to[0] += tile->advance, to[1] += tile->advance) {
    const uint32_t *w = tile->weights;
    for (; w != tile->weights_end; w += 8 + steps)
      for (pixel = 0; pixel < 2; ++pixel, to[pixel - 1] += 4) {
        const int16_t *x = patch + 2 * pixel;
        uint32_t sums[4], x8 = 0;
        ptrdiff_t i;
        memcpy(sums, w, sizeof sums);
        for (i = 0; i < steps; ++i, x += 4) {
          x8 += 8 * (uint32_t)(x[0] + x[1]);
          tinyc_nibble_add(sums, w[4 + i], x);
        }
        tinyc_nibble_results(sums, x8, w + 4 + steps, 0, tile->zero_point, to[pixel]);
      }
  }
}

#endif

TINYC_INLINE void tinyc_nibble_tile_prepare(tinyc_packed_tile *tile, const int32_t *weights, const int16_t *patch,
                                            int32_t depth, int32_t channels, int32_t zero_point) {
  tinyc_tile_of_groups(tile, weights, patch, depth, channels, zero_point, 8 + depth / 2);
}

TINYC_NOINLINE void tinyc_nibble_tile_flush(tinyc_packed_tile *tile, int32_t channels, int32_t clamp_low, int32_t clamp_high,
                                            int32_t both) {
  tinyc_tile_flush(tile, channels, clamp_low, clamp_high, both, tinyc_nibble_tile_run);
}

#endif
