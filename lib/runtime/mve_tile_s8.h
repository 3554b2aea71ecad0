#ifndef TINYC_RUNTIME_MVE_TILE_S8_H
#define TINYC_RUNTIME_MVE_TILE_S8_H
/* Two pixels times all output channels, for cores with MVE: groups of four channels, sixteen inputs per instruction.
 *
 * The stream of a group: four biases, then for every sixteen inputs sixteen weights of each channel, then four multipliers.
 * The depth is filled up with zeros to a multiple of 16. When the channels are no multiple of four, the last group overlaps
 * the one before; when they are fewer than four, it repeats the last channel. */

#include "lib/runtime/mve.h"
#include "lib/runtime/requantize.h"

typedef struct {
  const int32_t *weights, *weights_end; /* of full groups */
  const int8_t *x, *x1;                 /* inputs of the two pixels; the second follow the first */
  int8_t *output;                       /* of the first pixel */
  int32_t zero_point;
  int32_t entry;       /* bytes into the unrolled loop */
  uint16_t offsets[8]; /* from output: channel 0 of pixels 0 and 1, channel 1, ... */
} tinyc_mve_tile;

#if TINYC_MVE

/* Four steps of sixteen inputs are unrolled; a depth that is no multiple enters the loop late. Naked: all fourteen
 * registers are in use. r0, r2, r4, r6 sums of pixel 0, r8, r10, r12, lr of pixel 1, r1 and r3 inputs, r5 weights, r7 end of
 * the inputs, r9 zero point, r11 output. Stack: 0 end of the weights, 4 and 8 inputs, 12 entry. */
__attribute__((naked, noinline, unused)) static void
tinyc_mve_tile_run(const tinyc_mve_tile *tile __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "vpush {d8-d9}\n"
      "ldmia r0!, {r1-r7}\n"
      "vldrh.16 q4, [r0]\n"
      "adr r0, 2f\n"
      "add r0, r0, r7\n"
      "adds r0, #1\n"
      "push {r0}\n"
      "push {r2-r4}\n"
      "mov r11, r5\n"
      "mov r9, r6\n"
      "mov r7, r4\n"
      "mov r5, r1\n"
      "1:\n" /* a group of four channels */
      "ldrd r1, r3, [sp, #4]\n"
      "ldmia r5, {r0, r2, r4, r6}\n"
      "ldmia r5!, {r8, r10, r12, lr}\n"
      "ldr pc, [sp, #12]\n"
      ".p2align 2\n"
      "2:\n"
      ".rept 4\n" /* 56 bytes each */
      "vldrb.8 q0, [r1], #16\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 r0, q2, q0\n"
      "vldrb.8 q1, [r3], #16\n"
      "vmladava.s8 r8, q2, q1\n"
      "vldrb.8 q3, [r5], #16\n"
      "vmladava.s8 r2, q3, q0\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 r10, q3, q1\n"
      "vmladava.s8 r4, q2, q0\n"
      "vldrb.8 q3, [r5], #16\n"
      "vmladava.s8 r12, q2, q1\n"
      "vmladava.s8 r6, q3, q0\n"
      "vmladava.s8 lr, q3, q1\n"
      ".endr\n"
      "cmp r1, r7\n"
      "bne 2b\n"
      "vldrw.32 q2, [r5], #16\n"
      "vmov q0[2], q0[0], r0, r4\n"
      "vmov q0[3], q0[1], r2, r6\n"
      "vmov q1[2], q1[0], r8, r12\n"
      "vmov q1[3], q1[1], r10, lr\n"
      "vrmulh.s32 q0, q0, q2\n"
      "ldr r1, [sp]\n"
      "vrmulh.s32 q1, q1, q2\n"
      "cmp r5, r1\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnt.s32 q0, q1\n"
      "vqadd.s16 q0, q0, r9\n"
      "vqmovnb.s16 q0, q0\n"
      "vstrb.16 q0, [r11, q4]\n"
      "add.w r11, r11, #4\n"
      "bne 1b\n"
      "add sp, #16\n"
      "vpop {d8-d9}\n"
      "pop {r4-r11, pc}\n");
}

#else

TINYC_KERNEL void tinyc_mve_tile_run(const tinyc_mve_tile *tile) {
  const int32_t depth = (int32_t)(tile->x1 - tile->x);
  const int32_t *w = tile->weights;
  int8_t *to = tile->output;
  for (; w != tile->weights_end; w += 8 + depth, to += 4) {
    int32_t i, k;
    for (i = 0; i < 8; ++i) {
      const int32_t c = i >> 1;
      const int8_t *x = (i & 1) != 0 ? tile->x1 : tile->x;
      int32_t acc = w[c];
      for (k = 0; k < depth; ++k) acc += tinyc_mve_byte(w + 4 + (k >> 4) * 16 + 4 * c, k & 15) * x[k];
      to[tile->offsets[i]] = tinyc_clamp_s8(tinyc_requantize(acc, w[4 + depth + c], 0, tile->zero_point), -128, 127);
    }
  }
}

#endif

/* Whether the second pixel is one of its own, or stands for the first again. */
TINYC_INLINE void tinyc_mve_tile_pixels(tinyc_mve_tile *tile, int32_t channels, int32_t both) {
  int32_t i;
  for (i = 0; i < 8; ++i)
    tile->offsets[i] = (uint16_t)(tinyc_min_i32(i >> 1, channels - 1) + (i & both) * channels);
}

/* x: 2 * depth bytes, of two pixels. */
TINYC_INLINE void tinyc_mve_tile_prepare(tinyc_mve_tile *tile, const int32_t *weights, const int8_t *x, int32_t depth,
                                         int32_t channels, int32_t zero_point) {
  tile->weights = weights;
  tile->weights_end = weights + (channels >> 2) * (8 + depth);
  tile->x = x;
  tile->x1 = x + depth;
  tile->zero_point = zero_point;
  tile->entry = 56 * (-(depth >> 4) & 3);
  tinyc_mve_tile_pixels(tile, channels, 1);
}

/* The results of two pixels, or when not `both` of one given twice, limited to int8, or further where the layer asks for it. */
TINYC_INLINE void tinyc_mve_tile_store(tinyc_mve_tile *tile, int8_t *output, int32_t channels, int32_t low, int32_t high,
                                       int32_t both) {
  tile->output = output;
  if (!both) tinyc_mve_tile_pixels(tile, channels, 0);
  if (channels >= 4) tinyc_mve_tile_run(tile);
  if ((channels & 3) != 0) {
    tinyc_mve_tile rest = *tile;
    rest.weights = tile->weights_end;
    rest.weights_end += 8 + (tile->x1 - tile->x);
    rest.output = output + tinyc_max_i32(channels - 4, 0);
    tinyc_mve_tile_run(&rest);
  }
  if (!both) tinyc_mve_tile_pixels(tile, channels, 1);
  if (low > -128 || high < 127) tinyc_mve_clamp(output, (1 + both) * channels, low, high);
}

#endif
