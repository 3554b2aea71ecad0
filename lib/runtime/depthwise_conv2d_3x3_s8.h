#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_S8_H
/* Depthwise convolution 3x3, stride 1, of a multiple of four channels, none of whose requantizers shifts left.
 * Four channels at a time: two rows of two outputs are computed from eight words of the ring. */

#include "lib/runtime/depthwise_ring_s8.h"

typedef tinyc_depthwise_conv2d_s8_params tinyc_depthwise_conv2d_3x3_s8_params;

typedef struct {
  const uint32_t *ring;
  int8_t *output;        /* of the first of two rows */
  const uint32_t *table; /* per channel: weights (0,1) (1,2) of three rows as halfwords, bias, multiplier */
  uint32_t window_bytes; /* 64 for each two outputs of a row */
  uint32_t column;       /* bytes from an output to its neighbour in the row */
  uint32_t row;          /* from an output row to the next; 0 when there is no second one */
  int32_t zero_point;
  uint32_t tail;         /* 64 when a row has an odd number of outputs, else 0 */
  uint32_t swapped;      /* the first row is in slot 2 */
} tinyc_depthwise_rows;

#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)

/* Naked: all fourteen registers are in use. r0 ring, r1 output, r2, r3 halfwords, r4-r7 sums (row 0: columns 0, 1; row 1: columns
 * 0, 1), r8-r12, lr weights. Stack: the struct; 36 multiplier, 40 zero point, 44 bias, 48 step to the next output, 52 to the next
 * row, 56 channels left, 60 end of the ring. A result that is not wanted is written first and overwritten. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_rows_run(const tinyc_depthwise_rows *rows __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      ".macro tinyc_top w0, w1, from=r5\n" /* from: what the right sum begins with */
      "smlatb r5, r2, \\w0, \\from\n"
      "smlad r4, r2, \\w0, r4\n"
      "smlad r5, r3, \\w1, r5\n"
      "smlabt r4, r3, \\w1, r4\n"
      ".endm\n"
      ".macro tinyc_bottom w0, w1, from=r7\n"
      "smlatb r7, r2, \\w0, \\from\n"
      "smlad r6, r2, \\w0, r6\n"
      "smlad r7, r3, \\w1, r7\n"
      "smlabt r6, r3, \\w1, r6\n"
      ".endm\n"
      ".macro tinyc_slot at\n"
      "ldr r2, [r0, #\\at]\n"
      "ldr r3, [r0, #\\at + 64]\n"
      ".endm\n"
      ".macro tinyc_begin\n"
      "ldr r4, [sp, #44]\n"
      "tinyc_slot 0\n"
      "mov r6, r4\n"
      ".endm\n"
      ".macro tinyc_finish again\n"
      "adds r0, #64\n"
      "ldrd r2, r3, [sp, #36]\n"
      "smmlar r4, r4, r2, r3\n"
      "smmlar r5, r5, r2, r3\n"
      "smmlar r6, r6, r2, r3\n"
      "smmlar r7, r7, r2, r3\n"
      "ldrd r2, r3, [sp, #48]\n"
      "ssat r4, #8, r4\n"
      "ssat r5, #8, r5\n"
      "ssat r6, #8, r6\n"
      "ssat r7, #8, r7\n"
      "add r3, r3, r1\n"
      "strb r7, [r3, r2]\n"
      "strb r6, [r3]\n"
      "ldr r3, [sp, #60]\n"
      "strb r5, [r1, r2]\n"
      "strb r4, [r1]\n"
      "add r1, r1, r2, lsl #1\n"
      "cmp r0, r3\n"
      "bne \\again\n"
      ".endm\n"
      "push {r4-r11, lr}\n"
      "sub sp, #68\n"
      "ldmia r0, {r4-r12}\n"
      "stmia sp, {r4-r12}\n"
      "str r10, [sp, #40]\n"
      "str r9, [sp, #52]\n"
      "movs r0, #4\n"
      "str r0, [sp, #56]\n"
      "1:\n" /* a channel */
      "ldr r2, [sp, #8]\n"
      "ldmia r2!, {r8-r12, lr}\n"
      "ldmia r2!, {r3, r4}\n"
      "str r2, [sp, #8]\n"
      "str r3, [sp, #44]\n"
      "str r4, [sp, #36]\n"
      "ldr r0, [sp, #0]\n"
      "ldr r1, [sp, #4]\n"
      "ldr r3, [sp, #12]\n"
      "ldr r2, [sp, #16]\n"
      "ldr r4, [sp, #32]\n"
      "add r3, r0, r3\n"
      "str r3, [sp, #60]\n"
      "str r2, [sp, #48]\n"
      "cmp r0, r3\n"
      "beq 4f\n"
      "cmp r4, #0\n"
      "bne 3f\n"
      "2:\n" /* rows in slots 0 1 2 3 */
      "tinyc_begin\n"
      "tinyc_top r8, r9, r4\n"
      "tinyc_slot 16\n"
      "tinyc_top r10, r11\n"
      "tinyc_bottom r8, r9, r6\n"
      "tinyc_slot 32\n"
      "tinyc_top r12, lr\n"
      "tinyc_bottom r10, r11\n"
      "tinyc_slot 48\n"
      "tinyc_bottom r12, lr\n"
      "tinyc_finish 2b\n"
      "b 4f\n"
      "3:\n" /* rows in slots 2 3 0 1 */
      "tinyc_begin\n"
      "tinyc_top r12, lr, r4\n"
      "tinyc_bottom r10, r11, r6\n"
      "tinyc_slot 16\n"
      "tinyc_bottom r12, lr\n"
      "tinyc_slot 32\n"
      "tinyc_top r8, r9\n"
      "tinyc_slot 48\n"
      "tinyc_top r10, r11\n"
      "tinyc_bottom r8, r9\n"
      "tinyc_finish 3b\n"
      "4:\n" /* one output more, whose right neighbour is not wanted */
      "ldr r2, [sp, #28]\n"
      "ldr r3, [sp, #0]\n"
      "ldr r5, [sp, #12]\n"
      "ldr r4, [sp, #32]\n"
      "add r3, r3, r5\n"
      "add r3, r3, r2\n"
      "cmp r0, r3\n"
      "beq 5f\n"
      "str r3, [sp, #60]\n"
      "movs r2, #0\n"
      "str r2, [sp, #48]\n"
      "cmp r4, #0\n"
      "beq 2b\n"
      "b 3b\n"
      "5:\n"
      "ldr r0, [sp, #0]\n"
      "ldr r1, [sp, #4]\n"
      "ldr r2, [sp, #56]\n"
      "adds r0, #4\n"
      "adds r1, #1\n"
      "str r0, [sp, #0]\n"
      "str r1, [sp, #4]\n"
      "subs r2, #1\n"
      "str r2, [sp, #56]\n"
      "bne 1b\n"
      "add sp, #68\n"
      "pop {r4-r11, pc}\n"
      ".purgem tinyc_top\n"
      ".purgem tinyc_bottom\n"
      ".purgem tinyc_slot\n"
      ".purgem tinyc_begin\n"
      ".purgem tinyc_finish\n");
}

#else

TINYC_INLINE int32_t tinyc_half(uint32_t word, int32_t which) { return (int16_t)(uint16_t)(word >> (16 * which)); }

/* Two neighbouring outputs of one row; row r of the window is in slot (first + r) & 3. */
TINYC_INLINE void tinyc_depthwise_two(const tinyc_depthwise_rows *rows, const uint32_t *ring, const uint32_t *table,
                                      int32_t first, int8_t *left, int8_t *right) {
  int32_t sum[2], r, i;
  sum[0] = sum[1] = (int32_t)table[6];
  for (r = 0; r < 3; ++r) {
    const uint32_t *at = ring + 4 * ((first + r) & 3), w01 = table[2 * r], w12 = table[2 * r + 1];
    int32_t x[4], w[3];
    x[0] = tinyc_half(at[0], 0);
    x[1] = tinyc_half(at[0], 1);
    x[2] = tinyc_half(at[16], 0);
    x[3] = tinyc_half(at[16], 1);
    w[0] = tinyc_half(w01, 0);
    w[1] = tinyc_half(w01, 1);
    w[2] = tinyc_half(w12, 1);
    for (i = 0; i < 3; ++i) {
      sum[0] += x[i] * w[i];
      sum[1] += x[i + 1] * w[i];
    }
  }
  *right = tinyc_clamp_s8(tinyc_requantize(sum[1], (int32_t)table[7], 0, rows->zero_point), -128, 127);
  *left = tinyc_clamp_s8(tinyc_requantize(sum[0], (int32_t)table[7], 0, rows->zero_point), -128, 127);
}

TINYC_KERNEL void tinyc_depthwise_rows_run(const tinyc_depthwise_rows *rows) {
  const int32_t windows = (int32_t)(rows->window_bytes + rows->tail) / 64, full = (int32_t)rows->window_bytes / 64;
  int32_t c, i;
  for (c = 0; c < 4; ++c)
    for (i = 0; i < windows; ++i) {
      const uint32_t *ring = rows->ring + 16 * i + c, *table = rows->table + 8 * c;
      int8_t *to = rows->output + 2 * i * (int32_t)rows->column + c;
      const uint32_t step = i < full ? rows->column : 0;
      const int32_t first = rows->swapped ? 2 : 0;
      tinyc_depthwise_two(rows, ring, table, first + 1, to + rows->row, to + rows->row + step);
      tinyc_depthwise_two(rows, ring, table, first, to, to + step);
    }
}

#endif

/* The weights, bias and multiplier of four channels in the order in which the rows are computed. */
TINYC_INLINE void tinyc_depthwise_table(const tinyc_depthwise_conv2d_s8_params *p, const tinyc_depthwise_sides *s, int32_t first,
                                        uint32_t *to) {
  const int8_t *w = p->weights + first;
  int32_t c, r;
  for (r = 0; r < 3; ++r, w += s->w_row) {
    const uint32_t w0 = tinyc_load_u32(w), w1 = tinyc_load_u32(w + s->w_column), w2 = tinyc_load_u32(w + 2 * s->w_column);
    uint32_t upper[4], lower[4];
    tinyc_depthwise_store_pair(upper, w0, w1);
    tinyc_depthwise_store_pair(lower, w1, w2);
    for (c = 0; c < 4; ++c) {
      to[8 * c + 2 * r] = upper[c];
      to[8 * c + 2 * r + 1] = lower[c];
    }
  }
  for (c = 0; c < 4; ++c) {
    to[8 * c + 6] = (uint32_t)p->bias[first + c];
    to[8 * c + 7] = (uint32_t)p->multiplier[first + c];
  }
}

/* scratch: 64 bytes for every two columns of the padded input and one more, then 128. pad_top and pad_left are 0 or 1. */
TINYC_NOINLINE void tinyc_depthwise_conv2d_3x3_s8(const tinyc_depthwise_conv2d_s8_params *p, const int8_t *input, int8_t *output,
                                                void *scratch) {
  const tinyc_depthwise_sides s = tinyc_depthwise_orient(p);
  const int32_t pairs = (s.columns + 3) / 2;
  const tinyc_depthwise_line line = tinyc_depthwise_line_of(&s, pairs, p->in_zero_point);
  uint32_t *ring = (uint32_t *)scratch, *table = ring + 16 * pairs;
  tinyc_depthwise_rows rows;
  int32_t c, at, next;
  rows.ring = ring;
  rows.table = table;
  rows.window_bytes = 64 * (uint32_t)(s.columns / 2);
  rows.column = (uint32_t)s.out_column;
  rows.zero_point = p->zero_point;
  rows.tail = (uint32_t)(s.columns & 1) * 64;
  for (c = 0; c < p->channels; c += 4) {
    tinyc_depthwise_table(p, &s, c, table);
    next = 0;
    for (at = 0; at < s.rows; at += 2) {
      tinyc_depthwise_advance(&line, &s, input + c, ring, &next, at + 4);
      rows.output = output + at * s.out_row + c;
      rows.row = at + 1 < s.rows ? (uint32_t)s.out_row : 0;
      rows.swapped = (uint32_t)(at & 2);
      tinyc_depthwise_rows_run(&rows);
    }
  }
  tinyc_depthwise_clamp(p, output);
}

#endif
