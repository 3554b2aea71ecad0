#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_TRIPLE_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_TRIPLE_S8_H
/* Depthwise convolution of any window without gaps, for cores that multiply 32 bits by 32 bits and nothing else: channel by
 * channel, three outputs of a row at a time, whose inputs share two words (triple_tile_s8.h). The rows that a window reads lie in a
 * ring, padding included. */

#include "lib/runtime/depthwise_conv2d_s8.h"
#include "lib/runtime/triple_tile_s8.h"

typedef struct {
  int32_t in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, pad_top, pad_left;
  int32_t in_zero_point;
  int32_t parts, part;   /* a row of the window is cut into `parts` of `part` taps, at most 8, the last filled up */
  int32_t columns;       /* words of a row in the ring, two each */
  const int8_t *weights; /* [channels][kernel_height][parts * part] */
  const int32_t *bias;   /* [channels], less in_zero_point times the channel's weights */
  const int32_t *multiplier; /* [channels], tinyc_requantize_stored */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_depthwise_conv2d_triple_s8_params;

/* A row of outputs of one channel. */
typedef struct {
  uint32_t bias1, bias2; /* of the two words */
  int8_t *pixel[3];      /* the results of the first three; they go on by `advance` */
  int32_t zero_point, multiplier, advance;
  const int32_t *taps;             /* of all parts */
  const int32_t *begin, *end;      /* of each part: bytes from `ring` to where the first three outputs read it */
  int32_t step;                    /* bytes in the ring from three outputs to the next */
  int32_t part, triples;           /* triples is at least 1 */
  const uint32_t *ring;
} tinyc_depthwise_triples;

#if TINYC_TRIPLE_ASM
#if defined(__thumb2__)
#define TINYC_FIR_TAP                \
  "ldmia r5!, {r0, r1}\n"            \
  "ldr.w r2, [r6], #4\n"             \
  "mla r3, r0, r2, r3\n"             \
  "mla r4, r1, r2, r4\n"
#define TINYC_FIR_BYTES "14"
#else
#define TINYC_FIR_TAP                \
  "ldmia r5!, {r0, r1}\n"            \
  "ldmia r6!, {r2}\n"                \
  "muls r0, r2, r0\n"                \
  "muls r1, r2, r1\n"                \
  "adds r3, r3, r0\n"                \
  "adds r4, r4, r1\n"
#define TINYC_FIR_BYTES "12"
#endif
#define TINYC_FIR_ADVANCE(pixel) "ldr r2, [sp, #28]\nadds r0, r0, r2\nstr r0, [sp, #" pixel "]\n"

/* r5 ring, r6 taps, r3 and r4 sums, r8 ring of these outputs, r9 next part, r10 last part, r11 into the taps, r12 step. Stack: the first
 * eleven words of the struct from 0 on (8, 12, 16 pixels, 20 zero point, 24 multiplier, 28 advance, 32 taps, 36 begin, 40 end),
 * 44 triples. */
__attribute__((naked, noinline, unused)) static void
tinyc_depthwise_triples_run(const tinyc_depthwise_triples *t __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n"
      "push {r4-r7, lr}\n"
      "mov r4, r8\n"
      "mov r5, r9\n"
      "mov r6, r10\n"
      "mov r7, r11\n"
      "push {r4-r7}\n"
      "sub sp, #48\n"
      "mov r1, sp\n"
      "ldmia r0!, {r2-r7}\n"
      "stmia r1!, {r2-r7}\n"
      "ldmia r0!, {r2-r6}\n"
      "stmia r1!, {r2-r6}\n"
      "mov r10, r6\n"
      "ldmia r0!, {r2-r5}\n"
      "str r4, [r1]\n"
      "mov r12, r2\n"
      "mov r8, r5\n"
      "movs r4, #8\n" /* the taps that are left out */
      "subs r4, r4, r3\n"
      "movs r5, #" TINYC_FIR_BYTES "\n"
      "muls r4, r5, r4\n"
      "adr r5, 3f\n"
      "adds r4, r4, r5\n"
      "adds r4, #1\n"
      "mov r11, r4\n"
      "1:\n" /* three outputs */
      "ldr r3, [sp, #0]\n"
      "ldr r4, [sp, #4]\n"
      "ldr r6, [sp, #32]\n"
      "ldr r7, [sp, #36]\n"
      "mov r9, r7\n"
      "2:\n" /* a part */
      "mov r7, r9\n"
      "ldmia r7!, {r5}\n"
      "mov r9, r7\n"
      "add r5, r8\n"
      "bx r11\n"
      ".p2align 2\n"
      "3:\n"
      TINYC_FIR_TAP TINYC_FIR_TAP TINYC_FIR_TAP TINYC_FIR_TAP TINYC_FIR_TAP TINYC_FIR_TAP TINYC_FIR_TAP TINYC_FIR_TAP
      "cmp r9, r10\n"
      "bne 2b\n"
      "add r8, r12\n"
      TINYC_TRIPLE_SUMS("r3", "r4")
      "ldr r6, [sp, #24]\n"
      "lsrs r7, r6, #16\n"
      "uxth r6, r6\n"
      "ldr r4, [sp, #20]\n"
      TINYC_TRIPLE_RESULT("r3", "8", "0", TINYC_FIR_ADVANCE("8"))
      TINYC_TRIPLE_RESULT("r1", "12", "0", TINYC_FIR_ADVANCE("12"))
      TINYC_TRIPLE_RESULT("r5", "16", "0", TINYC_FIR_ADVANCE("16"))
      "ldr r0, [sp, #44]\n"
      "subs r0, #1\n"
      "str r0, [sp, #44]\n"
      "beq 4f\n"
      "b 1b\n"
      "4:\n"
      "add sp, #48\n"
      "pop {r4-r7}\n"
      "mov r8, r4\n"
      "mov r9, r5\n"
      "mov r10, r6\n"
      "mov r11, r7\n"
      "pop {r4-r7, pc}\n");
}
#else
TINYC_NOINLINE void tinyc_depthwise_triples_run(const tinyc_depthwise_triples *t) {
  int32_t at, i;
  for (at = 0; at < t->triples; ++at) {
    uint32_t both = t->bias1, rest = t->bias2;
    const int32_t *part = t->begin;
    const int32_t *tap = t->taps;
    int32_t sums[3] = {0, 0, 0};
    for (; part != t->end; ++part) {
      const uint32_t *x = t->ring + *part / 4 + at * (t->step / 4);
      for (i = t->part; i > 0; --i, x += 2, ++tap) {
        both += (uint32_t)*tap * x[0];
        rest += (uint32_t)*tap * x[1];
      }
    }
    tinyc_triple_sums(both, rest, sums);
    for (i = 0; i < 3; ++i)
      t->pixel[i][at * t->advance] =
          tinyc_clamp_s8(tinyc_requantize_stored(sums[i], (uint32_t)t->multiplier, t->zero_point), -128, 127);
  }
}
#endif

/* A row of one channel as words: a + 2^21 b, c + 2^10 b of the values at a column and one and two strides behind it. NULL: padding. */
TINYC_NOINLINE void tinyc_depthwise_pack(const tinyc_depthwise_conv2d_triple_s8_params *p, const int8_t *row, int8_t *line,
                                         uint32_t *to) {
  const int32_t columns = p->columns, stride = p->stride_x, count = columns + 2 * stride;
  const uint32_t *const end = to + 2 * columns;
  int32_t i = 0;
  memset(line, p->in_zero_point, (size_t)count);
  if (row != NULL)
    for (i = p->pad_left; i < count && i < p->pad_left + p->in_width; ++i, row += p->channels) line[i] = *row;
  for (; to != end; to += 2, ++line) {
    const uint32_t b = (uint32_t)line[stride];
    to[0] = (uint32_t)line[0] + (b << 21);
    to[1] = (uint32_t)line[2 * stride] + (b << 10);
  }
}

/* scratch, in this order: 8 * columns bytes for each of kernel_height rows, 4 for each tap, 4 for each part of the window,
 * columns + 2 * stride_x. */
TINYC_NOINLINE void tinyc_depthwise_conv2d_triple_s8(const tinyc_depthwise_conv2d_triple_s8_params *p, const int8_t *input,
                                                     int8_t *output, void *scratch) {
  const int32_t height = p->kernel_height, parts = height * p->parts, taps = parts * p->part, channels = p->channels;
  const int32_t row = p->in_width * channels, out_row = p->out_width * channels;
  uint32_t *const ring = (uint32_t *)scratch;
  int32_t *const wide = (int32_t *)(ring + 2 * p->columns * height), *const begin = wide + taps;
  tinyc_depthwise_triples t;
  int32_t c, oy, y, i, whole = 0, rest;
  int8_t unused;
  for (rest = p->out_width; rest >= 3; rest -= 3) ++whole;
  t.zero_point = p->zero_point;
  t.taps = wide;
  t.begin = begin;
  t.end = begin + parts;
  t.step = 24 * p->stride_x;
  t.part = p->part;
  for (c = 0; c < channels; ++c) {
    const uint32_t bias = (uint32_t)p->bias[c];
    int32_t next = -p->pad_top, slot = 0, first = 0; /* the next row of the ring, its place, and that of the window */
    t.bias1 = bias + (bias << 21);
    t.bias2 = bias + (bias << 10);
    t.multiplier = p->multiplier[c];
    for (i = 0; i < taps; ++i) wide[i] = p->weights[c * taps + i];
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      int8_t *const to = output + oy * out_row + c;
      for (; next < top + height; ++next) {
        if (next >= top)
          tinyc_depthwise_pack(p, next >= 0 && next < p->in_height ? input + next * row + c : NULL, (int8_t *)(begin + parts),
                               ring + 2 * p->columns * slot);
        if (++slot == height) slot = 0;
      }
      for (y = 0; y < height; ++y)
        for (i = 0; i < p->parts; ++i)
          begin[y * p->parts + i] = 8 * (p->columns * (first + y < height ? first + y : first + y - height) + i * p->part);
      for (first += p->stride_y; first >= height;) first -= height;
      t.ring = ring;
      t.advance = 3 * channels;
      t.triples = whole;
      for (i = 0; i < 3; ++i) t.pixel[i] = to + i * channels;
      if (whole > 0) tinyc_depthwise_triples_run(&t);
      if (rest > 0) {
        t.ring = ring + whole * (t.step / 4);
        t.advance = 0;
        t.triples = 1;
        for (i = 0; i < 3; ++i) t.pixel[i] = i < rest ? to + (3 * whole + i) * channels : &unused;
        tinyc_depthwise_triples_run(&t);
      }
    }
  }
  tinyc_triple_clamp(output, p->out_height * out_row, p->clamp_low, p->clamp_high);
}

#endif
