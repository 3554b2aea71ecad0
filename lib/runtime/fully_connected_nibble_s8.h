#ifndef TINYC_RUNTIME_FULLY_CONNECTED_NIBBLE_S8_H
#define TINYC_RUNTIME_FULLY_CONNECTED_NIBBLE_S8_H
/* Fully connected layer with weights in [-7, 7], eight outputs at a time. nibble_tile_s8.h says how four channels share a
 * halfword and what is accumulated. The stream of a group: bias (d, c, b, a of channels 0-3, then of 4-7), for every four
 * inputs the words (0,2) of channels 0-3 and 4-7 and (1,3) of both, then eight multipliers. */

#include "lib/runtime/nibble_tile_s8.h"

typedef struct {
  int32_t rows, inputs, outputs;
  const int32_t *weights; /* the inputs filled up with zeros to a multiple of 4, the outputs to a multiple of 8 */
  int32_t left_shift, zero_point, clamp_low, clamp_high;
} tinyc_fully_connected_nibble_s8_params;

typedef struct {
  const uint32_t *weights;
  const int8_t *x, *x_end; /* a multiple of four inputs */
  const uint32_t *weights_end;
  int8_t *results;
  int32_t zero_point;
  int32_t entry, skipped; /* skipped: bytes of x */
  int32_t x8;             /* 8 times the sum of the inputs */
  int32_t left_shift;     /* of the sums before they are multiplied */
} tinyc_nibble_row;

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* Four steps of four inputs are unrolled and entered late. r0, r1 weights, r2 two inputs, r3 four, r4-r11 sums, r12 weights,
 * lr input; the stack holds the struct. */
__attribute__((naked, noinline, unused)) static void
tinyc_nibble_row_run(const tinyc_nibble_row *row __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r11, lr}\n"
      "sub sp, #44\n"
      "ldmia r0!, {r4-r12}\n"
      "ldr r1, [r0]\n"
      "stmia sp, {r4-r12}\n"
      "str r1, [sp, #36]\n"
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
      "sub r12, r12, r2, lsl #2\n"
      "bx r1\n"
      ".p2align 2\n"
      "2:\n"
      ".irp step, 0, 1, 2, 3\n" /* 140 bytes each */
      "ldr.w r3, [lr, #4 * \\step]\n"
      "ldr.w r0, [r12, #16 * \\step]\n"
      "ldr.w r1, [r12, #16 * \\step + 4]\n"
      "sxtb16 r2, r3\n"
      "smlad r7, r0, r2, r7\n"
      "smlad r11, r1, r2, r11\n"
      "bic r0, r0, #0xf000f000\n"
      "bic r1, r1, #0xf000f000\n"
      "smlad r6, r0, r2, r6\n"
      "smlad r10, r1, r2, r10\n"
      "sxtb16 r0, r0\n"
      "sxtb16 r1, r1\n"
      "smlad r5, r0, r2, r5\n"
      "smlad r9, r1, r2, r9\n"
      "and r0, r0, #0x000f000f\n"
      "and r1, r1, #0x000f000f\n"
      "smlad r4, r0, r2, r4\n"
      "smlad r8, r1, r2, r8\n"
      "ldr.w r0, [r12, #16 * \\step + 8]\n"
      "ldr.w r1, [r12, #16 * \\step + 12]\n"
      "sxtb16 r2, r3, ror #8\n"
      "smlad r7, r0, r2, r7\n"
      "smlad r11, r1, r2, r11\n"
      "bic r0, r0, #0xf000f000\n"
      "bic r1, r1, #0xf000f000\n"
      "smlad r6, r0, r2, r6\n"
      "smlad r10, r1, r2, r10\n"
      "sxtb16 r0, r0\n"
      "sxtb16 r1, r1\n"
      "smlad r5, r0, r2, r5\n"
      "smlad r9, r1, r2, r9\n"
      "and r0, r0, #0x000f000f\n"
      "and r1, r1, #0x000f000f\n"
      "smlad r4, r0, r2, r4\n"
      "smlad r8, r1, r2, r8\n"
      ".endr\n"
      "ldr r0, [sp, #8]\n"
      "add lr, #16\n"
      "add r12, #64\n"
      "cmp lr, r0\n"
      "bne.w 2b\n"
      "ldr r0, [sp, #32]\n"
      "ldr r1, [sp, #36]\n"
      "ldr lr, [sp, #20]\n"
      "subs r7, r7, r6\n"
      "sub r11, r11, r10\n"
      "subs r6, r6, r5\n"
      "sub r10, r10, r9\n"
      "subs r5, r5, r4\n"
      "sub r9, r9, r8\n"
      "subs r4, r4, r0\n"
      "sub r8, r8, r0\n"
      "rsb r6, r0, r6, asr #8\n"
      "rsb r10, r0, r10, asr #8\n"
      "asrs r7, r7, #12\n"
      "asr r11, r11, #12\n"
      "asrs r5, r5, #4\n"
      "asr r9, r9, #4\n"
      "cbz r1, 3f\n"
      ".irp sum, r4, r5, r6, r7, r8, r9, r10, r11\n"
      "lsl \\sum, \\sum, r1\n"
      ".endr\n"
      "3:\n"
      "ldmia r12!, {r0-r3}\n"
      "smmlar r4, r4, r0, lr\n"
      "smmlar r5, r5, r1, lr\n"
      "smmlar r6, r6, r2, lr\n"
      "smmlar r7, r7, r3, lr\n"
      "ldmia r12!, {r0-r3}\n"
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
      "ldr r0, [sp, #16]\n"
      "ldr r1, [sp, #12]\n"
      "strb r4, [r0], #1\n"
      "strb r5, [r0], #1\n"
      "strb r6, [r0], #1\n"
      "strb r7, [r0], #1\n"
      "strb r8, [r0], #1\n"
      "strb r9, [r0], #1\n"
      "strb r10, [r0], #1\n"
      "strb r11, [r0], #1\n"
      "str r0, [sp, #16]\n"
      "cmp r12, r1\n"
      "bne.w 1b\n"
      "add sp, #44\n"
      "pop {r4-r11, pc}\n");
}

#else

TINYC_KERNEL void tinyc_nibble_row_run(const tinyc_nibble_row *row) {
  const uint32_t *w = row->weights;
  const ptrdiff_t depth = row->x_end - row->x;
  int8_t *to = row->results;
  for (; w != row->weights_end; w += 16 + depth) {
    int32_t four;
    for (four = 0; four < 2; ++four, to += 4) {
      const uint32_t *v = w + 8 + four;
      uint32_t sums[4];
      ptrdiff_t i;
      memcpy(sums, w + 4 * four, sizeof sums);
      for (i = 0; i < depth; i += 4, v += 4) {
        int16_t x[4];
        x[0] = row->x[i];
        x[1] = row->x[i + 2];
        x[2] = row->x[i + 1];
        x[3] = row->x[i + 3];
        tinyc_nibble_add(sums, v[0], x);
        tinyc_nibble_add(sums, v[2], x + 2);
      }
      tinyc_nibble_results(sums, (uint32_t)row->x8, w + 8 + depth + 4 * four, row->left_shift, row->zero_point, to);
    }
  }
}

#endif

TINYC_INLINE int32_t tinyc_sum_of_quads(const int8_t *x, int32_t count) {
  int32_t sum = 0;
  for (; count > 0; count -= 4, x += 4) {
#if TINYC_DSP
    const uint32_t word = tinyc_load_u32(x);
    sum = tinyc_smlad(tinyc_sxtb16_odd(word), 0x00010001u, tinyc_smlad(tinyc_sxtb16(word), 0x00010001u, sum));
#else
    sum += x[0] + x[1] + x[2] + x[3];
#endif
  }
  return sum;
}

/* One input vector of the filled-up length. */
TINYC_INLINE void tinyc_nibble_vector(const tinyc_fully_connected_nibble_s8_params *p, const int8_t *input, int8_t *output) {
  const int32_t depth = (p->inputs + 3) & ~3, quads = depth / 4, late = (4 - quads % 4) % 4;
  const ptrdiff_t group = 16 + (ptrdiff_t)depth;
  tinyc_nibble_row row;
  int32_t i;
  row.weights = (const uint32_t *)p->weights;
  row.x = input;
  row.x_end = input + depth;
  row.weights_end = row.weights + (p->outputs >> 3) * group;
  row.results = output;
  row.zero_point = p->zero_point;
  row.entry = late * 140;
  row.skipped = late * 4;
  row.x8 = 8 * tinyc_sum_of_quads(input, depth);
  row.left_shift = p->left_shift;
  if (p->outputs >= 8) tinyc_nibble_row_run(&row);
  if ((p->outputs & 7) != 0) {
    int8_t results[8];
    row.weights = row.weights_end;
    row.weights_end = row.weights + group;
    row.results = results;
    tinyc_nibble_row_run(&row);
    memcpy(output + (p->outputs & ~7), results, (size_t)(p->outputs & 7));
  }
  if (p->clamp_low > -128 || p->clamp_high < 127)
    for (i = 0; i < p->outputs; ++i) output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
}

/* A multiple of four inputs. */
TINYC_KERNEL void tinyc_fully_connected_nibble_s8(const tinyc_fully_connected_nibble_s8_params *p, const int8_t *input,
                                                  int8_t *output) {
  int32_t r;
  for (r = 0; r < p->rows; ++r, input += p->inputs, output += p->outputs) tinyc_nibble_vector(p, input, output);
}

#endif
