#ifndef TINYC_RUNTIME_SPARSE_TILE_S8_H
#define TINYC_RUNTIME_SPARSE_TILE_S8_H
/* A strip of pixel pairs times all output channels, as packed_tile_s8.h computes it, from byte-pair weights of which only some
 * blocks are stored: four channels by the two inputs of a step. The patch is the same.
 *
 * The stream: the number of words of all full groups and of all groups, then the groups of four channels. A group has two words
 * of header, the bias (256 * b1 + b0, b0, 256 * b3 + b2, b2), its blocks in chunks of 16, four multipliers. A block is two
 * words. Behind the fourth, eighth, ... block of a chunk is a word with the deltas of the next four: per block a byte, 8 times the
 * steps from the block before it (of the group's first block: from step 0). Behind a group's last block that word is 0. The
 * first chunk lacks `late` blocks at its beginning, so that the number of blocks need be no multiple of 16. The header is
 * late + 65536 * (bytes that are missing) and the deltas of the first blocks, which are where they would be were nothing missing.
 * In a group without blocks late is 16 and the deltas are 0. */

#include "lib/runtime/packed_tile_s8.h"

enum { tinyc_sparse_chunk = 16 };

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* One block: DELTA is the rotation of its byte in the word of deltas, AT the place of its weights. 52 bytes. */
#define TINYC_SPARSE_LOADS(DELTA, AT)  \
  "uxtab lr, lr, r1" DELTA "\n"        \
  "ldr.w r2, [lr, #0]\n"               \
  "ldr.w r3, [lr, #4]\n"               \
  "ldr.w r0, [r12, #" AT "]\n"         \
  "smlad r4, r0, r2, r4\n"             \
  "smlad r8, r0, r3, r8\n"             \
  "sxtb16 r0, r0\n"                    \
  "smlad r5, r0, r2, r5\n"             \
  "smlad r9, r0, r3, r9\n"             \
  "ldr.w r0, [r12, #" AT " + 4]\n"
#define TINYC_SPARSE_SECOND            \
  "smlad r6, r0, r2, r6\n"             \
  "smlad r10, r0, r3, r10\n"           \
  "sxtb16 r0, r0\n"                    \
  "smlad r7, r0, r2, r7\n"             \
  "smlad r11, r0, r3, r11\n"
#define TINYC_SPARSE_FOUR(AT)                                  \
  TINYC_SPARSE_LOADS("", AT) TINYC_SPARSE_SECOND               \
  TINYC_SPARSE_LOADS(", ror #8", AT " + 8") TINYC_SPARSE_SECOND \
  TINYC_SPARSE_LOADS(", ror #16", AT " + 16") TINYC_SPARSE_SECOND \
  TINYC_SPARSE_LOADS(", ror #24", AT " + 24")                  \
  "ldr.w r1, [r12, #" AT " + 32]\n" TINYC_SPARSE_SECOND

/* Sixteen blocks are unrolled. r0 weights, r1 deltas, r2, r3 inputs, r4-r11 sums, r12 weights, lr patch; the stack holds
 * 0 weights, 4 patch, 8 end of the weights, 12 and 16 pixels, 20 zero point, 24 pairs, 28 advance, 32 bytes of a patch. */
__attribute__((naked, noinline, unused)) static void
tinyc_sparse_tile_run(const tinyc_packed_tile *tile __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #36\n"
      "ldmia r0!, {r4-r12}\n"
      "ldmia r0, {r1, r2}\n"
      "sub r6, r6, r5\n"
      "strd r4, r5, [sp, #0]\n"
      "strd r7, r8, [sp, #8]\n"
      "strd r9, r10, [sp, #16]\n"
      "strd r1, r2, [sp, #24]\n"
      "str r6, [sp, #32]\n"
      "mov r12, r4\n"
      "1:\n" /* a group of four channels */
      "ldmia r12!, {r0, r1, r4-r7}\n"
      "ldr lr, [sp, #4]\n"
      "sub r12, r12, r0, lsr #16\n"
      "uxth r0, r0\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "tbh [pc, r0, lsl #1]\n"
      "3:\n"
      ".irp late, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16\n"
      ".hword (2f - 3b + 60 * \\late + (\\late / 4) * 4) / 2\n"
      ".endr\n"
      ".p2align 2\n"
      "2:\n"
      TINYC_SPARSE_FOUR("0")
      TINYC_SPARSE_FOUR("36")
      TINYC_SPARSE_FOUR("72")
      TINYC_SPARSE_FOUR("108")
      "add.w r12, r12, #144\n"
      "cmp r1, #0\n"
      "bne.w 2b\n"
      "ldmia r12!, {r0-r3}\n"
      "ldr lr, [sp, #20]\n"
      "sub r4, r4, r5\n"
      "sub r6, r6, r7\n"
      "sub r8, r8, r9\n"
      "sub r10, r10, r11\n"
      "asrs r4, r4, #8\n"
      "asrs r6, r6, #8\n"
      "asr r8, r8, #8\n"
      "asr r10, r10, #8\n"
      "smmlar r5, r5, r0, lr\n"
      "smmlar r4, r4, r1, lr\n"
      "smmlar r7, r7, r2, lr\n"
      "smmlar r6, r6, r3, lr\n"
      "smmlar r9, r9, r0, lr\n"
      "smmlar r8, r8, r1, lr\n"
      "smmlar r11, r11, r2, lr\n"
      "smmlar r10, r10, r3, lr\n"
      "ssat r5, #8, r5\n"
      "ssat r4, #8, r4\n"
      "ssat r7, #8, r7\n"
      "ssat r6, #8, r6\n"
      "ssat r9, #8, r9\n"
      "ssat r8, #8, r8\n"
      "ssat r11, #8, r11\n"
      "ssat r10, #8, r10\n"
      "add r3, sp, #8\n"
      "ldmia r3!, {r0-r2}\n" /* end of the weights, pixels */
      "strb r5, [r1], #1\n"
      "strb r4, [r1], #1\n"
      "strb r7, [r1], #1\n"
      "strb r6, [r1], #1\n"
      "strb r9, [r2], #1\n"
      "strb r8, [r2], #1\n"
      "strb r11, [r2], #1\n"
      "strb r10, [r2], #1\n"
      "strd r1, r2, [sp, #12]\n"
      "cmp r12, r0\n"
      "bne.w 1b\n"
      "add r3, sp, #24\n" /* the next pair */
      "ldmia r3, {r4-r6}\n"
      "ldr r3, [sp, #4]\n"
      "subs r4, #1\n"
      "str r4, [sp, #24]\n"
      "add r1, r1, r5\n"
      "add r2, r2, r5\n"
      "add r3, r3, r6\n"
      "strd r1, r2, [sp, #12]\n"
      "str r3, [sp, #4]\n"
      "ldr r12, [sp, #0]\n"
      "bne.w 1b\n"
      "add sp, #36\n"
      "pop {r4-r11, pc}\n");
}

#else

/* The sums of a group for one pixel, as in packed_tile_s8.h; returns its multipliers. */
TINYC_INLINE const uint32_t *tinyc_sparse_sums(const uint32_t *w, const int16_t *x, uint32_t *sums) {
  int32_t block = (int32_t)(w[0] & 0xffffu);
  uint32_t deltas = w[1];
  memcpy(sums, w + 2, 16);
  w += 6;
  if (block == tinyc_sparse_chunk) return w + 1;
  do {
    for (; block < tinyc_sparse_chunk; ++block, w += 2) {
      x += ((deltas >> 8 * (block & 3)) & 0xffu) / 2;
      tinyc_packed_add(&sums[0], &sums[1], w[0], x);
      tinyc_packed_add(&sums[2], &sums[3], w[1], x);
      if ((block & 3) == 3) deltas = *(w++ + 2);
    }
    block = 0;
  } while (deltas != 0);
  return w;
}

TINYC_KERNEL void tinyc_sparse_tile_run(const tinyc_packed_tile *tile) {
  const ptrdiff_t depth = tile->patch_end - tile->patch;
  const int16_t *patch = tile->patch;
  int8_t *to[2];
  int32_t left, pixel;
  to[0] = tile->pixel0;
  to[1] = tile->pixel1;
  for (left = tile->pairs; left > 0; --left, patch += depth, to[0] += tile->advance, to[1] += tile->advance) {
    const uint32_t *w = tile->weights, *multipliers = w;
    for (; w != tile->weights_end; w = multipliers + 4)
      for (pixel = 0; pixel < 2; ++pixel, to[pixel - 1] += 4) {
        uint32_t sums[4];
        multipliers = tinyc_sparse_sums(w, patch + 2 * pixel, sums);
        tinyc_packed_results((int32_t)sums[0], (int32_t)sums[1], multipliers, tile->zero_point, to[pixel]);
        tinyc_packed_results((int32_t)sums[2], (int32_t)sums[3], multipliers + 2, tile->zero_point, to[pixel] + 2);
      }
  }
}

#endif

TINYC_INLINE void tinyc_sparse_tile_prepare(tinyc_packed_tile *tile, const int32_t *weights, const int16_t *patch,
                                            int32_t depth, int32_t channels, int32_t zero_point) {
  tile->weights = (const uint32_t *)weights + 2;
  tile->weights_end = tile->weights + weights[0];
  tile->rest_end = tile->weights + weights[1];
  tile->patch = patch;
  tile->patch_end = patch + 2 * depth;
  tile->zero_point = zero_point;
  tile->entry = 0;
  tile->skipped = 0;
  tile->pairs = 0;
  tile->advance = 2 * channels - (channels & ~3);
}

TINYC_NOINLINE void tinyc_sparse_tile_flush(tinyc_packed_tile *tile, int32_t channels, int32_t clamp_low, int32_t clamp_high,
                                            int32_t both) {
  tinyc_tile_flush(tile, channels, clamp_low, clamp_high, both, tinyc_sparse_tile_run);
}

#endif
