#ifndef TINYC_RUNTIME_FULLY_CONNECTED_PACKED_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_PACKED_S8_H
/* Fully connected layer with byte-pair weights (packed_tile_s8.h says how two channels share a halfword), eight outputs at a
 * time. The stream of a group: bias (256 * b1 + b0, b0, ...) of four couples, then for every four inputs (0,2) of the four
 * couples and (1,3) of the four couples, then eight multipliers. */

#include "lib/runtime/packed_tile_s8.h"

typedef struct {
  int32_t rows, inputs, outputs;
  const int32_t *weights; /* the inputs filled up with zeros to a multiple of 4, the outputs to a multiple of 8 */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_fully_connected_packed_s8_params;

typedef struct {
  const uint32_t *weights;
  const int8_t *x, *x_end; /* a multiple of four inputs */
  const uint32_t *weights_end;
  int8_t *results;
  int32_t zero_point;
  int32_t entry, skipped; /* skipped: bytes of x */
} tinyc_packed_row;

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* Four steps of four inputs are unrolled, entered late like tinyc_packed_tile_run. r0, r1 weights, r2, r3 inputs (0,2) and (1,3),
 * r4-r11 sums, r12 weights, lr input; the stack holds the struct. */
__attribute__((naked, noinline, unused)) static void
tinyc_packed_row_run(const tinyc_packed_row *row __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #36\n"
      "ldmia r0, {r4-r11}\n"
      "stmia sp, {r4-r11}\n"
      "adr r3, 2f\n"
      "add r3, r3, r10\n"
      "adds r3, #1\n"
      "str r3, [sp, #24]\n"
      "mov r12, r4\n"
      "1:\n" /* a group of eight outputs */
      "ldmia r12!, {r4-r11}\n"
      "ldr lr, [sp, #4]\n"
      "ldr r1, [sp, #24]\n"
      "ldr r2, [sp, #28]\n"
      "sub lr, lr, r2\n"
      "sub r12, r12, r2, lsl #3\n"
      "bx r1\n"
      ".p2align 2\n"
      "2:\n"
      ".irp step, 0, 1, 2, 3\n" /* 128 bytes each */
      "ldr.w r3, [lr, #4 * \\step]\n"
      "ldr.w r0, [r12, #32 * \\step]\n"
      "ldr.w r1, [r12, #32 * \\step + 4]\n"
      "sxtb16 r2, r3\n"
      "smlad r4, r0, r2, r4\n"
      "sxtb16 r0, r0\n"
      "smlad r6, r1, r2, r6\n"
      "sxtb16 r1, r1\n"
      "smlad r5, r0, r2, r5\n"
      "smlad r7, r1, r2, r7\n"
      "ldrd r0, r1, [r12, #32 * \\step + 8]\n"
      "sxtb16 r3, r3, ror #8\n"
      "smlad r8, r0, r2, r8\n"
      "sxtb16 r0, r0\n"
      "smlad r10, r1, r2, r10\n"
      "sxtb16 r1, r1\n"
      "smlad r9, r0, r2, r9\n"
      "smlad r11, r1, r2, r11\n"
      "ldrd r0, r1, [r12, #32 * \\step + 16]\n"
      "smlad r4, r0, r3, r4\n"
      "sxtb16 r0, r0\n"
      "smlad r6, r1, r3, r6\n"
      "sxtb16 r1, r1\n"
      "smlad r5, r0, r3, r5\n"
      "smlad r7, r1, r3, r7\n"
      "ldrd r0, r1, [r12, #32 * \\step + 24]\n"
      "smlad r8, r0, r3, r8\n"
      "sxtb16 r0, r0\n"
      "smlad r10, r1, r3, r10\n"
      "sxtb16 r1, r1\n"
      "smlad r9, r0, r3, r9\n"
      "smlad r11, r1, r3, r11\n"
      ".endr\n"
      "ldr r0, [sp, #8]\n"
      "add lr, #16\n"
      "add r12, #128\n"
      "cmp lr, r0\n"
      "bne 2b\n"
      "ldmia r12!, {r0-r3}\n"
      "sub r4, r4, r5\n"
      "sub r6, r6, r7\n"
      "sub r8, r8, r9\n"
      "sub r10, r10, r11\n"
      "ldr lr, [sp, #20]\n"
      "asrs r4, r4, #8\n"
      "asrs r6, r6, #8\n"
      "asr r8, r8, #8\n"
      "asr r10, r10, #8\n"
      "smmlar r5, r5, r0, lr\n"
      "smmlar r4, r4, r1, lr\n"
      "smmlar r7, r7, r2, lr\n"
      "smmlar r6, r6, r3, lr\n"
      "ldmia r12!, {r0-r3}\n"
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
      "ldr r0, [sp, #16]\n"
      "ldr r1, [sp, #12]\n"
      "strb r5, [r0], #1\n"
      "strb r4, [r0], #1\n"
      "strb r7, [r0], #1\n"
      "strb r6, [r0], #1\n"
      "strb r9, [r0], #1\n"
      "strb r8, [r0], #1\n"
      "strb r11, [r0], #1\n"
      "strb r10, [r0], #1\n"
      "str r0, [sp, #16]\n"
      "cmp r12, r1\n"
      "bne 1b\n"
      "add sp, #36\n"
      "pop {r4-r11, pc}\n");
}

#else

TINYC_KERNEL void tinyc_packed_row_run(const tinyc_packed_row *row) {
  const uint32_t *w = row->weights;
  const ptrdiff_t depth = row->x_end - row->x;
  int8_t *to = row->results;
  for (; w != row->weights_end; w += 16 + 2 * depth, to += 8) {
    int32_t couple;
    for (couple = 0; couple < 4; ++couple) {
      const uint32_t *v = w + 8 + couple;
      uint32_t both = w[2 * couple], low = w[2 * couple + 1];
      ptrdiff_t i;
      for (i = 0; i < depth; i += 4, v += 8) {
        int16_t x[4];
        x[0] = row->x[i];
        x[1] = row->x[i + 2];
        x[2] = row->x[i + 1];
        x[3] = row->x[i + 3];
        tinyc_packed_add(&both, &low, v[0], x);
        tinyc_packed_add(&both, &low, v[4], x + 2);
      }
      tinyc_packed_results((int32_t)both, (int32_t)low, w + 8 + 2 * depth + 2 * couple, row->zero_point, to + 2 * couple);
    }
  }
}

#endif

/* One input vector of the filled-up length. */
TINYC_INLINE void tinyc_fully_connected_row(const tinyc_fully_connected_packed_s8_params *p, const int8_t *input,
                                            int8_t *output) {
  const int32_t depth = (p->inputs + 3) & ~3, quads = depth / 4, late = (4 - quads % 4) % 4;
  const ptrdiff_t group = 16 + 2 * (ptrdiff_t)depth;
  tinyc_packed_row row;
  int32_t i;
  row.weights = (const uint32_t *)p->weights;
  row.x = input;
  row.x_end = input + depth;
  row.weights_end = row.weights + (p->outputs >> 3) * group;
  row.results = output;
  row.zero_point = p->zero_point;
  row.entry = late * 128;
  row.skipped = late * 4;
  if (p->outputs >= 8) tinyc_packed_row_run(&row);
  if ((p->outputs & 7) != 0) {
    int8_t results[8];
    row.weights = row.weights_end;
    row.weights_end = row.weights + group;
    row.results = results;
    tinyc_packed_row_run(&row);
    memcpy(output + (p->outputs & ~7), results, (size_t)(p->outputs & 7));
  }
  if (p->clamp_low > -128 || p->clamp_high < 127)
    for (i = 0; i < p->outputs; ++i) output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
}

/* A multiple of four inputs. */
TINYC_KERNEL void tinyc_fully_connected_packed_s8(const tinyc_fully_connected_packed_s8_params *p, const int8_t *input,
                                                  int8_t *output) {
  int32_t r;
  for (r = 0; r < p->rows; ++r, input += p->inputs, output += p->outputs) tinyc_fully_connected_row(p, input, output);
}

#endif
