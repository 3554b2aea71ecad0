#ifndef TINYC_RUNTIME_FULLY_CONNECTED_MVE_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_MVE_S8_H
/* Fully connected layer of one input vector for cores with MVE: eight outputs at a time, sixteen inputs per instruction.
 *
 * The stream of a group: eight biases, then for every sixteen inputs sixteen weights of each output, then the multipliers
 * of the even outputs and of the odd ones. The depth is filled up with zeros to a multiple of 16. When the outputs are no
 * multiple of eight, the last group overlaps the one before; when they are fewer, it
 * repeats the last one. */

#include "lib/runtime/mve.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t inputs, outputs;
  const int32_t *weights;
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_fully_connected_mve_s8_params;

typedef struct {
  const int32_t *weights, *weights_end;
  const int8_t *x, *x_end; /* a multiple of 16 inputs */
  int8_t *output;
  int32_t zero_point;
  int32_t entry; /* bytes into the unrolled loop */
} tinyc_mve_row;

#if TINYC_MVE

/* Four steps of sixteen inputs are unrolled, entered late like tinyc_mve_tile_run. r0, r2, ..., r12, lr sums, r1 inputs, r5
 * weights, r7 end of the inputs, r9 zero point, r3 output. Stack: 0 end of the weights, 4 inputs, 8 entry. */
__attribute__((naked, noinline, unused)) static void
tinyc_mve_row_run(const tinyc_mve_row *row __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "ldmia r0, {r1-r7}\n"
      "adr r0, 2f\n"
      "add r0, r0, r7\n"
      "adds r0, #1\n"
      "push {r0}\n"
      "push {r2, r3}\n"
      "mov r3, r5\n"
      "mov r9, r6\n"
      "mov r7, r4\n"
      "mov r5, r1\n"
      "1:\n" /* a group of eight outputs */
      "ldmia r5!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
      "ldr r1, [sp, #4]\n"
      "ldr pc, [sp, #8]\n"
      ".p2align 2\n"
      "2:\n"
      ".rept 4\n" /* 68 bytes each */
      "vldrb.8 q0, [r1], #16\n"
      "vldrb.8 q1, [r5], #16\n"
      "vmladava.s8 r0, q1, q0\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 r2, q2, q0\n"
      "vldrb.8 q1, [r5], #16\n"
      "vmladava.s8 r4, q1, q0\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 r6, q2, q0\n"
      "vldrb.8 q1, [r5], #16\n"
      "vmladava.s8 r8, q1, q0\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 r10, q2, q0\n"
      "vldrb.8 q1, [r5], #16\n"
      "vmladava.s8 r12, q1, q0\n"
      "vldrb.8 q2, [r5], #16\n"
      "vmladava.s8 lr, q2, q0\n"
      ".endr\n"
      "cmp r1, r7\n"
      "bne 2b\n"
      "vldrw.32 q2, [r5], #16\n"
      "vmov q0[2], q0[0], r0, r8\n"
      "vmov q0[3], q0[1], r4, r12\n"
      "vrmulh.s32 q0, q0, q2\n"
      "vldrw.32 q2, [r5], #16\n"
      "vmov q1[2], q1[0], r2, r10\n"
      "vmov q1[3], q1[1], r6, lr\n"
      "ldr r1, [sp]\n"
      "vrmulh.s32 q1, q1, q2\n"
      "cmp r5, r1\n"
      "vqmovnb.s32 q0, q0\n"
      "vqmovnt.s32 q0, q1\n"
      "vqadd.s16 q0, q0, r9\n"
      "vqmovnb.s16 q0, q0\n"
      "vstrb.16 q0, [r3], #8\n"
      "bne 1b\n"
      "add sp, #12\n"
      "pop {r4-r11, pc}\n");
}

#else

TINYC_KERNEL void tinyc_mve_row_run(const tinyc_mve_row *row) {
  const int32_t depth = (int32_t)(row->x_end - row->x);
  const int32_t *w = row->weights;
  int8_t *to = row->output;
  for (; w != row->weights_end; w += 16 + 2 * depth) {
    const int32_t *multipliers = w + 8 + 2 * depth;
    int32_t c, k;
    for (c = 0; c < 8; ++c) {
      int32_t acc = w[c];
      for (k = 0; k < depth; ++k) acc += tinyc_mve_byte(w + 8 + (k >> 4) * 32 + 4 * c, k & 15) * row->x[k];
      *to++ = tinyc_clamp_s8(tinyc_requantize(acc, multipliers[(c >> 1) + 4 * (c & 1)], 0, row->zero_point), -128, 127);
    }
  }
}

#endif

/* One input vector of the filled-up length. */
TINYC_INLINE void tinyc_fully_connected_mve_row(const tinyc_fully_connected_mve_s8_params *p, const int8_t *input,
                                                int8_t *output) {
  const int32_t depth = (p->inputs + 15) & ~15;
  const ptrdiff_t group = 16 + 2 * (ptrdiff_t)depth;
  tinyc_mve_row row;
  row.x = input;
  row.x_end = input + depth;
  row.weights = p->weights;
  row.weights_end = p->weights + (p->outputs >> 3) * group;
  row.output = output;
  row.zero_point = p->zero_point;
  row.entry = 68 * (-(depth >> 4) & 3);
  if (p->outputs >= 8) tinyc_mve_row_run(&row);
  if ((p->outputs & 7) != 0) {
    int8_t results[8];
    row.weights = row.weights_end;
    row.weights_end += group;
    row.output = p->outputs > 8 ? output + p->outputs - 8 : results;
    tinyc_mve_row_run(&row);
    if (p->outputs < 8) memcpy(output, results, (size_t)p->outputs);
  }
  if (p->clamp_low > -128 || p->clamp_high < 127) tinyc_mve_clamp(output, p->outputs, p->clamp_low, p->clamp_high);
}

/* A multiple of 16 inputs. */
TINYC_KERNEL void tinyc_fully_connected_mve_s8(const tinyc_fully_connected_mve_s8_params *p, const int8_t *input,
                                               int8_t *output) {
  tinyc_fully_connected_mve_row(p, input, output);
}

#endif
