#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_STRIDE2_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_STRIDE2_S8_H
/* Depthwise convolution 3x3, stride 2, of a multiple of four channels, none of whose requantizers shifts left.
 * Four channels at a time: a row of outputs is computed along three rows of the ring, each word of which is read once. */

#include "lib/runtime/depthwise_ring_s8.h"

typedef tinyc_depthwise_conv2d_s8_params tinyc_depthwise_conv2d_3x3_stride2_s8_params;

typedef struct {
  const uint32_t *ring;
  int8_t *output;        /* of the row */
  const uint32_t *table; /* per channel: weights (0,1) of three rows, 2 of the upper two, 2 of the last; bias, multiplier */
  uint32_t ring_bytes;   /* 64 for each output of the row */
  uint32_t column;       /* bytes from an output to its neighbour in the row */
  int32_t zero_point;
  uint32_t odd;          /* the row has an odd number of outputs */
  uint32_t swapped;      /* the first row of the window is in slot 2 */
} tinyc_depthwise_row;

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* Naked: all fourteen registers are in use. r0 ring, r1 output, r2-r4 and r5-r7 words of three rows in turn, r8 sum, r9-r12, lr
 * weights. Stack: 0 multiplier, 4 zero point, 8 step to the next output, 12 bias, 16 end of the ring, 20 ring, 24 output,
 * 28 table, 32 channels left, 36 odd, 40 swapped, 44 ring bytes. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_row_run(const tinyc_depthwise_row *row __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      ".macro tinyc_output x0, x1, x2, y0, y1, y2, at0, at1, at2\n"
      "ldr r8, [sp, #12]\n"
      "ldr \\y0, [r0, #64 + \\at0]\n"
      "ldr \\y1, [r0, #64 + \\at1]\n"
      "ldr \\y2, [r0, #64 + \\at2]\n"
      "smlad r8, \\x0, r9, r8\n"
      "smlad r8, \\x1, r10, r8\n"
      "smlad r8, \\x2, r11, r8\n"
      "smlabb r8, \\y0, r12, r8\n"
      "smlabt r8, \\y1, r12, r8\n"
      "smlabb r8, \\y2, lr, r8\n"
      "ldmia sp, {\\x0, \\x1, \\x2}\n"
      "adds r0, #64\n"
      "smmlar r8, r8, \\x0, \\x1\n"
      "ssat r8, #8, r8\n"
      "strb r8, [r1]\n"
      "add r1, r1, \\x2\n"
      ".endm\n"
      ".macro tinyc_outputs at0, at1, at2\n"
      "cbz r2, 2f\n"
      "ldr r5, [r0, #\\at0]\n"
      "ldr r6, [r0, #\\at1]\n"
      "ldr r7, [r0, #\\at2]\n"
      "b 3f\n"
      "2:\n"
      "ldr r2, [r0, #\\at0]\n"
      "ldr r3, [r0, #\\at1]\n"
      "ldr r4, [r0, #\\at2]\n"
      "1:\n"
      "tinyc_output r2, r3, r4, r5, r6, r7, \\at0, \\at1, \\at2\n"
      "3:\n"
      "tinyc_output r5, r6, r7, r2, r3, r4, \\at0, \\at1, \\at2\n"
      "ldr r8, [sp, #16]\n"
      "cmp r0, r8\n"
      "bne 1b\n"
      ".endm\n"
      "push {r4-r11, lr}\n"
      "sub sp, #52\n"
      "ldmia r0, {r2-r9}\n"
      "str r2, [sp, #20]\n"
      "str r3, [sp, #24]\n"
      "str r4, [sp, #28]\n"
      "str r5, [sp, #44]\n"
      "str r6, [sp, #8]\n"
      "str r7, [sp, #4]\n"
      "str r8, [sp, #36]\n"
      "str r9, [sp, #40]\n"
      "movs r0, #4\n"
      "str r0, [sp, #32]\n"
      "4:\n" /* a channel */
      "ldr r2, [sp, #28]\n"
      "ldmia r2!, {r9-r12, lr}\n"
      "ldmia r2!, {r3, r4}\n"
      "str r2, [sp, #28]\n"
      "str r3, [sp, #12]\n"
      "str r4, [sp, #0]\n"
      "ldr r0, [sp, #20]\n"
      "ldr r1, [sp, #24]\n"
      "ldr r3, [sp, #44]\n"
      "ldr r2, [sp, #36]\n"
      "ldr r4, [sp, #40]\n"
      "add r3, r3, r0\n"
      "str r3, [sp, #16]\n"
      "cmp r4, #0\n"
      "bne 5f\n"
      "tinyc_outputs 0, 16, 32\n"
      "b 6f\n"
      "5:\n"
      "tinyc_outputs 32, 48, 0\n"
      "6:\n"
      "ldr r0, [sp, #20]\n"
      "ldr r1, [sp, #24]\n"
      "ldr r2, [sp, #32]\n"
      "adds r0, #4\n"
      "adds r1, #1\n"
      "str r0, [sp, #20]\n"
      "str r1, [sp, #24]\n"
      "subs r2, #1\n"
      "str r2, [sp, #32]\n"
      "bne 4b\n"
      "add sp, #52\n"
      "pop {r4-r11, pc}\n"
      ".purgem tinyc_output\n"
      ".purgem tinyc_outputs\n");
}

#else

TINYC_INLINE int32_t tinyc_product_of_halves(uint32_t x, int32_t x_half, uint32_t w, int32_t w_half) {
  return (int16_t)(uint16_t)(x >> (16 * x_half)) * (int16_t)(uint16_t)(w >> (16 * w_half));
}

TINYC_KERNEL void tinyc_depthwise_row_run(const tinyc_depthwise_row *row) {
  const int32_t outputs = (int32_t)row->ring_bytes / 64;
  int32_t c, i, r;
  for (c = 0; c < 4; ++c)
    for (i = 0; i < outputs; ++i) {
      const uint32_t *ring = row->ring + 16 * i + c, *table = row->table + 7 * c;
      int32_t sum = (int32_t)table[5];
      for (r = 0; r < 3; ++r) {
        const uint32_t *at = ring + 4 * (((row->swapped != 0 ? 2 : 0) + r) & 3);
        sum += tinyc_product_of_halves(at[0], 0, table[r], 0) + tinyc_product_of_halves(at[0], 1, table[r], 1) +
               tinyc_product_of_halves(at[16], 0, table[3 + r / 2], r % 2);
      }
      row->output[i * (int32_t)row->column + c] =
          tinyc_clamp_s8(tinyc_requantize(sum, (int32_t)table[6], 0, row->zero_point), -128, 127);
    }
}

#endif

TINYC_INLINE void tinyc_depthwise_row_table(const tinyc_depthwise_conv2d_s8_params *p, const tinyc_depthwise_sides *s,
                                            int32_t first, uint32_t *to) {
  const int8_t *w = p->weights + first;
  uint32_t third[3], pair[4];
  int32_t c, r;
  for (r = 0; r < 3; ++r, w += s->w_row) {
    tinyc_depthwise_store_pair(pair, tinyc_load_u32(w), tinyc_load_u32(w + s->w_column));
    for (c = 0; c < 4; ++c) to[7 * c + r] = pair[c];
    third[r] = tinyc_load_u32(w + 2 * s->w_column);
  }
  tinyc_depthwise_store_pair(pair, third[0], third[1]);
  for (c = 0; c < 4; ++c) to[7 * c + 3] = pair[c];
  tinyc_depthwise_store_pair(pair, third[2], 0);
  for (c = 0; c < 4; ++c) {
    to[7 * c + 4] = pair[c];
    to[7 * c + 5] = (uint32_t)p->bias[first + c];
    to[7 * c + 6] = (uint32_t)p->multiplier[first + c];
  }
}

/* scratch: 64 bytes for every output of the longer side and one more, then 112. pad_top and pad_left are 0 or 1. */
TINYC_NOINLINE void tinyc_depthwise_conv2d_3x3_stride2_s8(const tinyc_depthwise_conv2d_3x3_stride2_s8_params *p,
                                                          const int8_t *input, int8_t *output, void *scratch) {
  const tinyc_depthwise_sides s = tinyc_depthwise_orient(p);
  const int32_t pairs = s.columns + 1;
  const tinyc_depthwise_line line = tinyc_depthwise_line_of(&s, pairs, p->in_zero_point);
  uint32_t *ring = (uint32_t *)scratch, *table = ring + 16 * pairs;
  tinyc_depthwise_row row;
  int32_t c, at, next;
  row.ring = ring;
  row.table = table;
  row.ring_bytes = 64 * (uint32_t)s.columns;
  row.column = (uint32_t)s.out_column;
  row.zero_point = p->zero_point;
  row.odd = (uint32_t)(s.columns & 1);
  for (c = 0; c < p->channels; c += 4) {
    tinyc_depthwise_row_table(p, &s, c, table);
    next = 0;
    for (at = 0; at < s.rows; ++at) {
      tinyc_depthwise_advance(&line, &s, input + c, ring, &next, 2 * at + 3);
      row.output = output + at * s.out_row + c;
      row.swapped = (uint32_t)(2 * at & 2);
      tinyc_depthwise_row_run(&row);
    }
  }
  tinyc_depthwise_clamp(p, output);
}

#endif
