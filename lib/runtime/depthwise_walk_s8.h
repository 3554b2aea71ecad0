#ifndef TINYC_RUNTIME_DEPTHWISE_WALK_S8_H
#define TINYC_RUNTIME_DEPTHWISE_WALK_S8_H
/* One channel of a 3x3 depthwise convolution along a line of the input, for cores that multiply 32 bits by 32 bits and nothing
 * else: every value is loaded once and multiplied for all outputs of the line that it reaches. */

#include "lib/runtime/depthwise_conv2d_s8.h"

typedef struct {
  int32_t tap4, tap5, tap6, tap7, tap8; /* taps [line][column], shifted left as the layer asks for */
  int32_t bias;
  int32_t right;           /* the last output, when it lacks a column: what padding contributes to it */
  int32_t mantissa, shift; /* tinyc_walk_multiplier */
  int32_t zero_point;
  int8_t *output;
  int32_t end;    /* of the columns, in bytes; stride 2: of those that complete an output */
  int32_t padded; /* whether there is a last output that lacks a column */
  int32_t step;   /* bytes from one column to the next */
  int32_t tap0, tap1, tap2, tap3;
  int32_t first;  /* of the first output: bias, and what padding (stride 2: the first column) contributes */
  const int8_t *below, *middle;
  int8_t *above;  /* stride 1: one byte per column, replaced by those of `middle`; stride 2: as the other lines */
  int32_t lines;  /* stride 1: of outputs, at least 1; left undefined */
  int32_t line, out_line; /* stride 1: bytes from one line to the next */
} tinyc_depthwise_walk;

/* All lines but their pointers. */
TINYC_INLINE void tinyc_walk_channel(tinyc_depthwise_walk *w, const tinyc_depthwise_conv2d_s8_params *p, int32_t channel,
                                     int32_t swapped) {
  const int32_t across = p->channels * (swapped ? 3 : 1), down = p->channels * (swapped ? 1 : 3), zero = p->in_zero_point;
  const int8_t *tap = p->weights + channel;
  const int32_t scale = 1 << p->left_shift;
  const tinyc_multiplier by = tinyc_split_multiplier(p->multiplier[channel]);
#if TINYC_MUL_LONG
  w->mantissa = by.multiplier;
  w->shift = 0;
#else
  w->mantissa = (int32_t)by.mantissa;
  w->shift = (int32_t)by.shift + 1;
#endif
  w->tap0 = tap[0] * scale;
  w->tap1 = tap[across] * scale;
  w->tap2 = tap[2 * across] * scale;
  tap += down;
  w->tap3 = tap[0] * scale;
  w->tap4 = tap[across] * scale;
  w->tap5 = tap[2 * across] * scale;
  tap += down;
  w->tap6 = tap[0] * scale;
  w->tap7 = tap[across] * scale;
  w->tap8 = tap[2 * across] * scale;
  w->bias = p->bias[channel] * scale;
  w->right = zero * (w->tap2 + w->tap5 + w->tap8);
  w->first = w->bias + zero * (w->tap0 + w->tap3 + w->tap6);
  w->zero_point = p->zero_point;
}

/* The line above, or below, is padding. */
TINYC_INLINE void tinyc_walk_top(tinyc_depthwise_walk *w, int32_t zero) {
  w->bias += zero * (w->tap0 + w->tap1 + w->tap2);
  w->first += zero * (w->tap1 + w->tap2);
  w->right -= zero * w->tap2;
  w->tap0 = w->tap1 = w->tap2 = 0;
}
TINYC_INLINE void tinyc_walk_bottom(tinyc_depthwise_walk *w, int32_t zero) {
  w->bias += zero * (w->tap6 + w->tap7 + w->tap8);
  w->first += zero * (w->tap7 + w->tap8);
  w->right -= zero * w->tap8;
  w->tap6 = w->tap7 = w->tap8 = 0;
}

#if defined(__GNUC__) && defined(__thumb__) && !defined(TINYC_PORTABLE) && (defined(__thumb2__) || !TINYC_MUL_LONG)
#define TINYC_WALK_ASM 1
#else
#define TINYC_WALK_ASM 0
#endif

#if TINYC_WALK_ASM
/* The stack holds the first thirteen fields. */
#define TINYC_WALK_ENTER     \
  ".syntax unified\n"        \
  "push {r4-r7, lr}\n"       \
  "mov r4, r8\n"             \
  "mov r5, r9\n"             \
  "mov r6, r10\n"            \
  "mov r7, r11\n"            \
  "push {r4-r7}\n"           \
  "sub sp, #68\n"            \
  "mov r1, sp\n"             \
  "str r0, [sp, #64]\n"      \
  "ldmia r0!, {r2-r7}\n"     \
  "stmia r1!, {r2-r7}\n"     \
  "ldmia r0!, {r2-r7}\n"     \
  "stmia r1!, {r2-r7}\n"     \
  "ldmia r0!, {r2-r7}\n"     \
  "str r2, [r1]\n"           \
  "mov r8, r3\n"
#define TINYC_WALK_LEAVE     \
  "add sp, #68\n"            \
  "pop {r4-r7}\n"            \
  "mov r8, r4\n"             \
  "mov r9, r5\n"             \
  "mov r10, r6\n"            \
  "mov r11, r7\n"            \
  "pop {r4-r7, pc}\n"
/* The products of the value r0 and a tap in a register, or on the stack; after LAST the value is not needed any more.
 * RESULT: the sum r2 as a result in r1; r0 and r2 are lost. */
#if TINYC_MUL_LONG
#define TINYC_WALK_ADD(tap, sum) "mla " sum ", " tap ", r0, " sum "\n"
#define TINYC_WALK_ADD_STACK(tap, sum) "ldr r1, [sp, #" tap "]\nmla " sum ", r1, r0, " sum "\n"
#define TINYC_WALK_LAST(tap, sum) TINYC_WALK_ADD(tap, sum)
#define TINYC_WALK_LAST_STACK(tap, sum) TINYC_WALK_ADD_STACK(tap, sum)
#define TINYC_WALK_ABOVE "ldrsb r0, [r7]\n"
#define TINYC_WALK_BELOW "ldrsb r0, [r9, r5]\n"
#define TINYC_WALK_RESULT    \
  "ldr r0, [sp, #28]\n"      \
  "smull r0, r1, r2, r0\n"   \
  "ldr r2, [sp, #36]\n"      \
  "lsls r0, r0, #1\n"        \
  "adcs r1, r1, r2\n"        \
  "ssat r1, #8, r1\n"
#else
#define TINYC_WALK_ADD(tap, sum) "mov r1, " tap "\nmuls r1, r0, r1\nadds " sum ", " sum ", r1\n"
#define TINYC_WALK_ADD_STACK(tap, sum) "ldr r1, [sp, #" tap "]\nmuls r1, r0, r1\nadds " sum ", " sum ", r1\n"
#define TINYC_WALK_LAST(tap, sum) "mov r1, " tap "\nmuls r0, r1, r0\nadds " sum ", " sum ", r0\n"
#define TINYC_WALK_LAST_STACK(tap, sum) "ldr r1, [sp, #" tap "]\nmuls r0, r1, r0\nadds " sum ", " sum ", r0\n"
#define TINYC_WALK_ABOVE "ldrb r0, [r7]\nsxtb r0, r0\n"
#define TINYC_WALK_BELOW "mov r1, r9\nldrsb r0, [r1, r5]\n"
#define TINYC_WALK_RESULT    \
  "ldr r0, [sp, #28]\n"      \
  "asrs r1, r2, #16\n"       \
  "uxth r2, r2\n"            \
  "muls r1, r0, r1\n"        \
  "muls r2, r0, r2\n"        \
  "lsrs r2, r2, #16\n"       \
  "adds r1, r1, r2\n"        \
  "ldr r0, [sp, #32]\n"      \
  "ldr r2, [sp, #36]\n"      \
  "asrs r1, r1, r0\n"        \
  "adcs r1, r1, r2\n"        \
  "sxtb r0, r1\n"            \
  "cmp r0, r1\n"             \
  "beq 8f\n"                 \
  "asrs r1, r1, #31\n"       \
  "movs r0, #127\n"          \
  "eors r1, r0\n"            \
  "8:\n"
#endif

/* Stride 1. r0 value, r1 product, r2, r3, r4 sums of the last, this and the next column's output, r5 offset, r6 middle, r7 above,
 * r8 column, r9 below, r10-r12 and lr taps. The first column completes no output: what it stores goes into the frame. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_walk_run(tinyc_depthwise_walk *walk __attribute__((unused))) {
  __asm__ volatile(
      TINYC_WALK_ENTER
      "mov r10, r4\n"
      "mov r11, r5\n"
      "mov r12, r6\n"
      "mov lr, r7\n"
      "ldmia r0!, {r3, r4, r6, r7}\n"
      "mov r9, r4\n"
      "ldr r0, [sp, #40]\n"
      "mov r1, r8\n"
      "subs r0, r0, r1\n"
      "str r0, [sp, #40]\n" /* outputs are a column behind */
      "5:\n"
      "mov r1, r8\n"
      "str r1, [sp, #52]\n" /* end of the first column */
      "add r0, sp, #60\n"
      "str r0, [sp, #56]\n"
      "movs r2, #0\n"
      "movs r5, #0\n"
      "1:\n"
      TINYC_WALK_ABOVE
      "ldr r4, [sp, #20]\n"
      TINYC_WALK_ADD("r12", "r2")
      TINYC_WALK_ADD("r11", "r3")
      TINYC_WALK_LAST("r10", "r4")
      "ldrsb r0, [r6, r5]\n"
      "strb r0, [r7]\n"
      "adds r7, #1\n"
      TINYC_WALK_ADD_STACK("4", "r2")
      TINYC_WALK_ADD_STACK("0", "r3")
      TINYC_WALK_LAST("lr", "r4")
      TINYC_WALK_BELOW
      TINYC_WALK_ADD_STACK("16", "r2")
      TINYC_WALK_ADD_STACK("12", "r3")
      TINYC_WALK_LAST_STACK("8", "r4")
      TINYC_WALK_RESULT
      "ldr r0, [sp, #56]\n"
      "strb r1, [r0, r5]\n"
      "mov r2, r3\n"
      "mov r3, r4\n"
      "add r5, r8\n"
      "ldr r0, [sp, #52]\n"
      "cmp r5, r0\n"
      "beq 2f\n"
      "b 1b\n"
      "2:\n"
      "ldr r0, [sp, #40]\n"
      "ldr r1, [sp, #44]\n"
      "str r0, [sp, #56]\n"
      "str r1, [sp, #52]\n"
      "cmp r5, r1\n"
      "beq 3f\n"
      "b 1b\n"
      "3:\n"
      "ldr r0, [sp, #48]\n"
      "cmp r0, #0\n"
      "beq 4f\n"
      "ldr r0, [sp, #24]\n"
      "adds r2, r2, r0\n"
      TINYC_WALK_RESULT
      "ldr r0, [sp, #56]\n"
      "strb r1, [r0, r5]\n"
      "4:\n" /* the next line */
      "ldr r0, [sp, #64]\n"
      "ldr r1, [r0, #88]\n"
      "subs r1, #1\n"
      "beq 6f\n"
      "str r1, [r0, #88]\n"
      "ldr r2, [r0, #92]\n"
      "adds r6, r6, r2\n"
      "add r9, r2\n"
      "ldr r1, [sp, #40]\n"
      "ldr r2, [r0, #96]\n"
      "adds r1, r1, r2\n"
      "str r1, [sp, #40]\n"
      "ldr r3, [r0, #72]\n"
      "ldr r7, [r0, #84]\n"
      "b 5b\n"
      "6:\n"
      TINYC_WALK_LEAVE);
}

/* Stride 2. r0 value, r1 product, r2 and r3 sums of this and the next output, r4 below, r5 offset, r6 middle, r7 above, r8 column,
 * r9-r12 and lr taps. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_walk_stride2_run(tinyc_depthwise_walk *walk __attribute__((unused))) {
  __asm__ volatile(
      TINYC_WALK_ENTER
      "mov r10, r4\n"
      "mov r11, r5\n"
      "mov r12, r6\n"
      "mov lr, r7\n"
      "ldr r1, [sp, #8]\n"
      "mov r9, r1\n"
      "ldmia r0!, {r2, r4, r6, r7}\n"
      "movs r5, #0\n"
      "b 2f\n"
      "1:\n"
      "ldrsb r0, [r7, r5]\n"
      TINYC_WALK_LAST("r11", "r2")
      "ldrsb r0, [r6, r5]\n"
      TINYC_WALK_LAST_STACK("0", "r2")
      "ldrsb r0, [r4, r5]\n"
      TINYC_WALK_LAST_STACK("12", "r2")
      "add r5, r8\n"
      "ldr r3, [sp, #20]\n"
      "ldrsb r0, [r7, r5]\n"
      TINYC_WALK_ADD("r12", "r2")
      TINYC_WALK_LAST("r10", "r3")
      "ldrsb r0, [r6, r5]\n"
      TINYC_WALK_ADD_STACK("4", "r2")
      TINYC_WALK_LAST("lr", "r3")
      "ldrsb r0, [r4, r5]\n"
      TINYC_WALK_ADD_STACK("16", "r2")
      TINYC_WALK_LAST("r9", "r3")
      "add r5, r8\n"
      TINYC_WALK_RESULT
      "ldr r0, [sp, #40]\n"
      "strb r1, [r0]\n"
      "add r0, r8\n"
      "str r0, [sp, #40]\n"
      "mov r2, r3\n"
      "2:\n"
      "ldr r0, [sp, #44]\n"
      "cmp r5, r0\n"
      "bne 1b\n"
      "ldr r0, [sp, #48]\n"
      "cmp r0, #0\n"
      "beq 4f\n"
      "ldrsb r0, [r7, r5]\n"
      TINYC_WALK_LAST("r11", "r2")
      "ldrsb r0, [r6, r5]\n"
      TINYC_WALK_LAST_STACK("0", "r2")
      "ldrsb r0, [r4, r5]\n"
      TINYC_WALK_LAST_STACK("12", "r2")
      "ldr r0, [sp, #24]\n"
      "adds r2, r2, r0\n"
      TINYC_WALK_RESULT
      "ldr r0, [sp, #40]\n"
      "strb r1, [r0]\n"
      "4:\n"
      TINYC_WALK_LEAVE);
}

#else

TINYC_INLINE int8_t tinyc_walk_result(const tinyc_depthwise_walk *w, int32_t sum) {
  tinyc_multiplier by;
#if TINYC_MUL_LONG
  by.multiplier = w->mantissa;
#else
  by.mantissa = (uint32_t)w->mantissa;
  by.shift = (uint32_t)w->shift - 1;
#endif
  return tinyc_clamp_s8(tinyc_requantize_shifted(sum, by, w->zero_point), -128, 127);
}

TINYC_INLINE void tinyc_walk_line(const tinyc_depthwise_walk *w) {
  int32_t last = 0, here = w->first, at, value;
  int8_t *above = w->above, *to = w->output;
  for (at = 0; at != w->end; at += w->step) {
    int32_t next = w->bias;
    value = *above;
    last += w->tap2 * value;
    here += w->tap1 * value;
    next += w->tap0 * value;
    value = w->middle[at];
    *above++ = (int8_t)value;
    last += w->tap5 * value;
    here += w->tap4 * value;
    next += w->tap3 * value;
    value = w->below[at];
    last += w->tap8 * value;
    here += w->tap7 * value;
    next += w->tap6 * value;
    if (at != 0) {
      *to = tinyc_walk_result(w, last);
      to += w->step;
    }
    last = here;
    here = next;
  }
  if (w->padded) *to = tinyc_walk_result(w, last + w->right);
}

TINYC_NOINLINE void tinyc_depthwise_walk_run(tinyc_depthwise_walk *walk) {
  tinyc_depthwise_walk w = *walk;
  for (; w.lines > 0; --w.lines, w.middle += w.line, w.below += w.line, w.output += w.out_line) tinyc_walk_line(&w);
}

TINYC_NOINLINE void tinyc_depthwise_walk_stride2_run(tinyc_depthwise_walk *walk) {
  const tinyc_depthwise_walk w = *walk;
  const int8_t *above = w.above, *middle = w.middle, *below = w.below;
  int32_t sum = w.first, at = 0;
  int8_t *to = w.output;
  for (; at != w.end; at += 2 * w.step, to += w.step) {
    const int32_t a = above[at + w.step], b = middle[at + w.step], c = below[at + w.step];
    sum += w.tap1 * above[at] + w.tap4 * middle[at] + w.tap7 * below[at];
    sum += w.tap2 * a + w.tap5 * b + w.tap8 * c;
    *to = tinyc_walk_result(&w, sum);
    sum = w.bias + w.tap0 * a + w.tap3 * b + w.tap6 * c;
  }
  if (w.padded)
    *to = tinyc_walk_result(&w, sum + w.tap1 * above[at] + w.tap4 * middle[at] + w.tap7 * below[at] + w.right);
}

#endif

TINYC_INLINE void tinyc_walk_clamp(const tinyc_depthwise_conv2d_s8_params *p, int8_t *output) {
  int32_t i;
  if (p->clamp_low > -128 || p->clamp_high < 127)
    for (i = 0; i < p->out_height * p->out_width * p->channels; ++i)
      output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
}

#endif
