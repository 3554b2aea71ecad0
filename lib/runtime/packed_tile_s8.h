#ifndef TINYC_RUNTIME_PACKED_TILE_S8_H
#define TINYC_RUNTIME_PACKED_TILE_S8_H
/* A strip of pixel pairs times all output channels, from byte-pair weights.
 *
 * Two channels share a halfword: 256 * high + low. One SMLAD on a packed word accumulates 256 * S_high + S_low, a
 * second one on its sign-extended low bytes accumulates S_low, and S_high = (first - S_low) >> 8 exactly as long as
 * |S_high| < 2^23 (proved per layer when the weights are packed).
 *
 * The stream of a group of four channels: bias (256 * b1 + b0, b0, 256 * b3 + b2, b2), then for every four inputs
 * (0,2) of channels 0|1, (0,2) of 2|3, (1,3) of 0|1, (1,3) of 2|3, then four multipliers. The patch holds, for the
 * same four inputs, halfwords (0,2) of pixel 0, (0,2) of pixel 1, (1,3) of pixel 0, (1,3) of pixel 1. */

#include "lib/runtime/requantize.h"

typedef struct {
  const uint32_t *weights;     /* the stream of the first group */
  const int16_t *patch;        /* of the first pair, 4-byte aligned */
  const int16_t *patch_end;
  const uint32_t *weights_end; /* of the last group */
  int8_t *pixel0, *pixel1;     /* results of the first pair, one byte per channel */
  int32_t zero_point;
  int32_t entry, skipped;      /* into the unrolled loop, set by tinyc_tile_of_groups */
  int32_t pairs;               /* at least 1; their patches and results follow each other */
  int32_t advance;             /* from the end of a pixel's full groups to the next pair */
  const uint32_t *rest_end;    /* of the group behind weights_end, where the channels are no multiple of 4 */
} tinyc_packed_tile;

typedef void (*tinyc_tile_run)(const tinyc_packed_tile *);

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* The first step of two inputs copies the sums of pixel 0 to pixel 1; sixteen more are unrolled, and a number that is no
 * multiple enters the loop late. Single loads in a row take a cycle each. Naked: all fourteen registers are in use. r0-r3
 * operands, r4-r11 sums, r12 weights, lr patch.
 * Stack: 0 weights, 4 patch, 8 end of the patch, 12 end of the weights, 16 pixel 0, 20 from it to pixel 1, 24 zero point, 28 entry,
 * 32 bytes a late entry skips, 36 pairs, 40 advance, 44 bytes of a patch. */
__attribute__((naked, noinline, unused)) static void
tinyc_packed_tile_run(const tinyc_packed_tile *tile __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #52\n"
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
      "mov r12, r4\n"
      "1:\n" /* a group of four channels */
      "ldr r5, [r12, #4]\n"
      "ldr r6, [r12, #8]\n"
      "ldr r7, [r12, #12]\n"
      "ldr r4, [r12], #16\n"
      "ldr lr, [sp, #4]\n"
      "ldr r9, [sp, #32]\n"
      "ldr r0, [r12]\n"
      "ldr r1, [r12, #4]\n"
      "ldr r2, [lr]\n"
      "ldr r3, [lr, #4]\n"
      "sub r12, r12, r9\n"
      "sub lr, lr, r9\n"
      "smlad r8, r0, r3, r4\n"
      "smlad r4, r0, r2, r4\n"
      "sxtb16 r0, r0\n"
      "smlad r10, r1, r3, r6\n"
      "smlad r6, r1, r2, r6\n"
      "sxtb16 r1, r1\n"
      "smlad r9, r0, r3, r5\n"
      "smlad r5, r0, r2, r5\n"
      "smlad r11, r1, r3, r7\n"
      "smlad r7, r1, r2, r7\n"
      "ldr pc, [sp, #28]\n"
      ".p2align 2\n"
      "2:\n"
      ".irp step, 0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120\n" /* 56 bytes each */
      "ldr.w r0, [r12, #\\step]\n"
      "ldr.w r1, [r12, #\\step + 4]\n"
      "ldr.w r2, [lr, #\\step]\n"
      "ldr.w r3, [lr, #\\step + 4]\n"
      "smlad r4, r0, r2, r4\n"
      "smlad r8, r0, r3, r8\n"
      "sxtb16 r0, r0\n"
      "smlad r6, r1, r2, r6\n"
      "smlad r10, r1, r3, r10\n"
      "sxtb16 r1, r1\n"
      "smlad r5, r0, r2, r5\n"
      "smlad r9, r0, r3, r9\n"
      "smlad r7, r1, r2, r7\n"
      "smlad r11, r1, r3, r11\n"
      ".endr\n"
      "ldr r0, [sp, #8]\n"
      "add lr, #128\n"
      "add r12, #128\n"
      "cmp lr, r0\n"
      "bne 2b\n"
      "ldr r1, [r12, #4]\n"
      "ldr r2, [r12, #8]\n"
      "ldr r3, [r12, #12]\n"
      "ldr r0, [r12], #16\n"
      "ldr lr, [sp, #24]\n"
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
      "ldr r2, [sp, #12]\n"
      "ldr r0, [sp, #16]\n"
      "ldr r1, [sp, #20]\n"
      "strb r9, [r0, r1]\n"
      "strb r5, [r0], #1\n"
      "strb r8, [r0, r1]\n"
      "strb r4, [r0], #1\n"
      "strb r11, [r0, r1]\n"
      "strb r7, [r0], #1\n"
      "strb r10, [r0, r1]\n"
      "strb r6, [r0], #1\n"
      "str r0, [sp, #16]\n"
      "cmp r12, r2\n"
      "bne 1b\n"
      "ldr r4, [sp, #36]\n" /* the next pair */
      "ldr r5, [sp, #40]\n"
      "ldr r6, [sp, #44]\n"
      "ldr r2, [sp, #4]\n"
      "ldr r3, [sp, #8]\n"
      "ldr r12, [sp, #0]\n"
      "subs r4, #1\n"
      "add r0, r0, r5\n"
      "add r2, r2, r6\n"
      "add r3, r3, r6\n"
      "str r4, [sp, #36]\n"
      "str r0, [sp, #16]\n"
      "str r2, [sp, #4]\n"
      "str r3, [sp, #8]\n"
      "bne 1b\n"
      "add sp, #52\n"
      "pop {r4-r11, pc}\n");
}

#endif

/* Adds the products of one packed word with two inputs to 256 * S_high + S_low and to S_low. */
TINYC_INLINE void tinyc_packed_add(uint32_t *both, uint32_t *low, uint32_t word, const int16_t *x) {
  const int32_t first = (int16_t)(uint16_t)(word & 0xffffu), second = (int16_t)(uint16_t)(word >> 16);
  *both += (uint32_t)(first * x[0] + second * x[1]);
  *low += (uint32_t)((int8_t)(uint8_t)(word & 0xffu) * x[0] + (int8_t)(uint8_t)((word >> 16) & 0xffu) * x[1]);
}

/* A negative multiplier belongs to a channel whose weights and bias are stored with their signs turned. */
TINYC_INLINE int8_t tinyc_packed_result(int32_t sum, int32_t multiplier, int32_t zero_point) {
  const int32_t turned = multiplier < 0;
  return tinyc_clamp_s8(tinyc_requantize(turned ? -sum : sum, turned ? -multiplier : multiplier, 0, zero_point), -128, 127);
}

/* S_low and 256 * S_high + S_low of one channel pair and pixel, made two results. */
TINYC_INLINE void tinyc_packed_results(int32_t both, int32_t low, const uint32_t *multipliers, int32_t zero_point,
                                       int8_t *to) {
  const int32_t high = (int32_t)((uint32_t)both - (uint32_t)low) >> 8;
  to[0] = tinyc_packed_result(low, (int32_t)multipliers[0], zero_point);
  to[1] = tinyc_packed_result(high, (int32_t)multipliers[1], zero_point);
}

#if !(TINYC_DSP && defined(__GNUC__) && defined(__arm__))
TINYC_KERNEL void tinyc_packed_tile_run(const tinyc_packed_tile *tile) {
  const ptrdiff_t steps = (tile->patch_end - tile->patch) / 4;
  const int16_t *patch = tile->patch;
  int8_t *to[2];
  int32_t left, pixel, couple;
  to[0] = tile->pixel0;
  to[1] = tile->pixel1;
  for (left = tile->pairs; left > 0; --left, patch += 4 * steps, to[0] += tile->advance, to[1] += tile->advance) {
    const uint32_t *w = tile->weights;
    for (; w != tile->weights_end; w += 8 + 2 * steps, to[0] += 4, to[1] += 4) {
      for (pixel = 0; pixel < 2; ++pixel)
        for (couple = 0; couple < 2; ++couple) {
          const int16_t *x = patch + 2 * pixel;
          const uint32_t *v = w + 4 + couple;
          uint32_t both = w[2 * couple], low = w[2 * couple + 1];
          ptrdiff_t i;
          for (i = 0; i < steps; ++i, v += 2, x += 4) tinyc_packed_add(&both, &low, *v, x);
          tinyc_packed_results((int32_t)both, (int32_t)low, w + 4 + 2 * steps + 2 * couple, tile->zero_point,
                               to[pixel] + 2 * couple);
        }
    }
  }
}

#endif

/* A tile without pairs whose patches, of 2 * depth halfwords each, begin at `patch`; `group`: words of four channels. The pixels
 * are to be set. */
TINYC_INLINE void tinyc_tile_of_groups(tinyc_packed_tile *tile, const int32_t *weights, const int16_t *patch, int32_t depth,
                                       int32_t channels, int32_t zero_point, int32_t group) {
  const int32_t steps = depth / 2, late = (16 - (steps - 1) % 16) % 16;
  tile->weights = (const uint32_t *)weights;
  tile->patch = patch;
  tile->patch_end = patch + 2 * depth;
  tile->weights_end = tile->weights + (channels >> 2) * group;
  tile->rest_end = tile->weights + ((channels + 3) >> 2) * group;
  tile->zero_point = zero_point;
  tile->entry = late * 56;
  tile->skipped = late * 8 - 8;
  tile->pairs = 0;
  tile->advance = 2 * channels - (channels & ~3);
}

TINYC_INLINE void tinyc_packed_tile_prepare(tinyc_packed_tile *tile, const int32_t *weights, const int16_t *patch, int32_t depth,
                                            int32_t channels, int32_t zero_point) {
  tinyc_tile_of_groups(tile, weights, patch, depth, channels, zero_point, 8 + depth);
}

/* The results of a last group that is not full go through a small buffer. */
TINYC_INLINE void tinyc_tile_rest(const tinyc_packed_tile *tile, int32_t channels, tinyc_tile_run run) {
  const int32_t rest = channels & 3, full = channels - rest;
  const ptrdiff_t patch = tile->patch_end - tile->patch;
  tinyc_packed_tile last = *tile;
  int8_t results[2][4];
  int32_t i;
  last.weights = tile->weights_end;
  last.weights_end = tile->rest_end;
  last.pixel0 = results[0];
  last.pixel1 = results[1];
  last.pairs = 1;
  for (i = 0; i < tile->pairs; ++i, last.patch += patch, last.patch_end += patch) {
    run(&last);
    memcpy(tile->pixel0 + 2 * i * channels + full, results[0], (size_t)rest);
    memcpy(tile->pixel1 + 2 * i * channels + full, results[1], (size_t)rest);
  }
}

/* Computes the pairs of a prepared tile from pixel0 on, which moves behind them; when not `both`, pixel 1 is pixel 0. */
TINYC_INLINE void tinyc_tile_flush(tinyc_packed_tile *tile, int32_t channels, int32_t clamp_low, int32_t clamp_high,
                                   int32_t both, tinyc_tile_run run) {
  const int32_t count = tile->pairs * (1 + both) * channels;
  int8_t *const output = tile->pixel0;
  int32_t i;
  if (count == 0) return;
  tile->pixel1 = output + both * channels;
  if (channels >= 4) run(tile);
  if ((channels & 3) != 0) tinyc_tile_rest(tile, channels, run);
  if (clamp_low > -128 || clamp_high < 127)
    for (i = 0; i < count; ++i) output[i] = tinyc_clamp_s8(output[i], clamp_low, clamp_high);
  tile->pairs = 0;
  tile->pixel0 = output + count;
}

TINYC_NOINLINE void tinyc_packed_tile_flush(tinyc_packed_tile *tile, int32_t channels, int32_t clamp_low, int32_t clamp_high,
                                            int32_t both) {
  tinyc_tile_flush(tile, channels, clamp_low, clamp_high, both, tinyc_packed_tile_run);
}

/* How a kind of weights makes a tile ready and computes its pairs. */
typedef void (*tinyc_tile_prepare)(tinyc_packed_tile *tile, const int32_t *weights, const int16_t *patch, int32_t depth,
                                   int32_t channels, int32_t zero_point);
typedef void (*tinyc_tile_flusher)(tinyc_packed_tile *tile, int32_t channels, int32_t clamp_low, int32_t clamp_high,
                                   int32_t both);

#endif
