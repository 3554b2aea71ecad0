#ifndef TINYC_RUNTIME_CONV2D_1X1_SHALLOW_MVE_S8_H
#define TINYC_RUNTIME_CONV2D_1X1_SHALLOW_MVE_S8_H
/* Pointwise convolution of at most sixteen channels for cores with MVE: the weights of four outputs stay in registers while a
 * strip of pixels passes. It may work in place: a strip is copied before it is written, and the strips go from the last to the
 * first when the pixels grow. */

#include "lib/runtime/mve_tile_s8.h"

typedef struct {
  int32_t pixels, in_channels, out_channels;
  const int32_t *weights; /* mve_tile_s8.h */
  int32_t zero_point, clamp_low, clamp_high;
  int32_t strip; /* pixels at a time, even */
} tinyc_conv2d_1x1_shallow_mve_s8_params;

typedef struct {
  const int32_t *weights, *weights_end; /* of full groups */
  const int8_t *x, *x_end;              /* sixteen bytes per pixel, pairs of pixels */
  int8_t *output;
  int32_t advance; /* from a pair's output to the next */
  int32_t zero_point;
  uint16_t offsets[8]; /* as in tinyc_mve_tile */
} tinyc_mve_shallow;

#if TINYC_MVE

/* r0, r2, r4, r6 sums of pixel 0, r8, r10, r12, lr of pixel 1, r1 inputs, r3 their end, r5 the group's stream, r7 advance, r9 zero
 * point, r11 output; q0-q3 weights, q6 multipliers, q7 offsets. Stack: 0 end of the weights, 4 inputs, 8 their end, 12 output. */
__attribute__((naked, noinline, unused)) static void
tinyc_mve_shallow_run(const tinyc_mve_shallow *strip __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "ldmia r0!, {r1-r7}\n"
      "vldrh.16 q7, [r0]\n"
      "push {r2-r5}\n"
      "mov r9, r7\n"
      "mov r7, r6\n"
      "mov r3, r4\n"
      "mov r5, r1\n"
      "1:\n" /* a group of four channels */
      "ldr r1, [sp, #4]\n"
      "ldr r11, [sp, #12]\n"
      "vldrb.8 q0, [r5, #16]\n"
      "vldrb.8 q1, [r5, #32]\n"
      "vldrb.8 q2, [r5, #48]\n"
      "vldrb.8 q3, [r5, #64]\n"
      "vldrw.32 q6, [r5, #80]\n"
      "2:\n" /* a pair of pixels */
      "vldrb.8 q4, [r1], #16\n"
      "ldmia r5, {r0, r2, r4, r6}\n"
      "vldrb.8 q5, [r1], #16\n"
      "ldmia r5, {r8, r10, r12, lr}\n"
      "vmladava.s8 r0, q0, q4\n"
      "vmladava.s8 r2, q1, q4\n"
      "vmladava.s8 r4, q2, q4\n"
      "vmladava.s8 r6, q3, q4\n"
      "vmladava.s8 r8, q0, q5\n"
      "vmladava.s8 r10, q1, q5\n"
      "vmladava.s8 r12, q2, q5\n"
      "vmladava.s8 lr, q3, q5\n"
      "vmov q4[2], q4[0], r0, r4\n"
      "vmov q4[3], q4[1], r2, r6\n"
      "vmov q5[2], q5[0], r8, r12\n"
      "vrmulh.s32 q4, q4, q6\n"
      "vmov q5[3], q5[1], r10, lr\n"
      "cmp r1, r3\n"
      "vrmulh.s32 q5, q5, q6\n"
      "vqmovnb.s32 q4, q4\n"
      "vqmovnt.s32 q4, q5\n"
      "vqadd.s16 q4, q4, r9\n"
      "vqmovnb.s16 q4, q4\n"
      "vstrb.16 q4, [r11, q7]\n"
      "add.w r11, r11, r7\n"
      "bne 2b\n"
      "ldr r0, [sp]\n"
      "ldr r1, [sp, #12]\n"
      "add r5, r5, #96\n"
      "adds r1, #4\n"
      "str r1, [sp, #12]\n"
      "cmp r5, r0\n"
      "bne 1b\n"
      "add sp, #16\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n");
}

#else

TINYC_KERNEL void tinyc_mve_shallow_run(const tinyc_mve_shallow *strip) {
  const int32_t *w;
  int8_t *first = strip->output;
  for (w = strip->weights; w != strip->weights_end; w += 24, first += 4) {
    const int8_t *x;
    int8_t *to = first;
    for (x = strip->x; x != strip->x_end; x += 32, to += strip->advance) {
      int32_t i, k;
      for (i = 0; i < 8; ++i) {
        int32_t acc = w[i >> 1];
        for (k = 0; k < 16; ++k) acc += tinyc_mve_byte(w + 4 + 4 * (i >> 1), k) * x[16 * (i & 1) + k];
        to[strip->offsets[i]] = tinyc_clamp_s8(tinyc_requantize(acc, w[20 + (i >> 1)], 0, strip->zero_point), -128, 127);
      }
    }
  }
}

#endif

/* `pixels` of them from this one on, an even number or one. */
TINYC_INLINE void tinyc_shallow_strip(const tinyc_conv2d_1x1_shallow_mve_s8_params *p, const int8_t *input, int8_t *output,
                                      int8_t *patch, int32_t pixel, int32_t pixels) {
  const int32_t channels = p->out_channels, both = pixels > 1;
  const int8_t *from = input + pixel * p->in_channels;
  tinyc_mve_shallow strip;
  int32_t i;
#if TINYC_MVE
  const mve_pred16_t some = vctp8q((uint32_t)p->in_channels);
  for (i = 0; i < pixels; ++i, from += p->in_channels) vstrbq_s8(patch + 16 * i, vldrbq_z_s8(from, some));
#else
  for (i = 0; i < pixels; ++i) tinyc_mve_copy(patch + 16 * i, from + i * p->in_channels, p->in_channels);
#endif
  if (!both) tinyc_mve_copy(patch + 16, patch, 16);
  for (i = 0; i < 8; ++i)
    strip.offsets[i] = (uint16_t)(tinyc_min_i32(i >> 1, channels - 1) + (i & both) * channels);
  strip.weights = p->weights;
  strip.weights_end = p->weights + 24 * (channels >> 2);
  strip.x = patch;
  strip.x_end = patch + 16 * tinyc_max_i32(pixels, 2);
  strip.output = output += pixel * channels;
  strip.advance = 2 * channels;
  strip.zero_point = p->zero_point;
  if (channels >= 4) tinyc_mve_shallow_run(&strip);
  if ((channels & 3) != 0) {
    strip.weights = strip.weights_end;
    strip.weights_end += 24;
    strip.output = output + tinyc_max_i32(channels - 4, 0);
    tinyc_mve_shallow_run(&strip);
  }
  if (p->clamp_low > -128 || p->clamp_high < 127) tinyc_mve_clamp(output, pixels * channels, p->clamp_low, p->clamp_high);
}

/* scratch: sixteen bytes per pixel of a strip. */
TINYC_KERNEL void tinyc_conv2d_1x1_shallow_mve_s8(const tinyc_conv2d_1x1_shallow_mve_s8_params *p, const int8_t *input,
                                                  int8_t *output, void *scratch) {
  int8_t *const patch = (int8_t *)scratch;
  const int32_t even = p->pixels & ~1, odd = p->pixels & 1, backwards = p->out_channels > p->in_channels;
  int32_t done, pixels;
  if (odd && backwards) tinyc_shallow_strip(p, input, output, patch, even, 1);
  for (done = 0; done < even; done += pixels) {
    pixels = tinyc_min_i32(p->strip, even - done);
    tinyc_shallow_strip(p, input, output, patch, backwards ? even - done - pixels : done, pixels);
  }
  if (odd && !backwards) tinyc_shallow_strip(p, input, output, patch, even, 1);
}

#endif
