#ifndef TINYC_RUNTIME_DEPTHWISE_RING_S8_H
#define TINYC_RUNTIME_DEPTHWISE_RING_S8_H
/* What the depthwise kernels for cores with SMLAD share: a ring of four gathered rows of four channels, as halfwords of
 * neighbouring columns (2i, 2i+1), padding included: word [i][row & 3][channel]. An input row is gathered before an output
 * row in its place is written, so a layer may work in place as long as its result is no wider than its input. */

#include "lib/runtime/depthwise_conv2d_s8.h"

/* The roles of rows and columns: of the sides of the image, "columns" run along the longer one. */
typedef struct {
  int32_t rows, columns, in_rows, in_columns, pad_rows, pad_columns;
  int32_t in_row, in_column, out_row, out_column; /* bytes from one to the next */
  int32_t w_row, w_column;
} tinyc_depthwise_sides;

TINYC_INLINE tinyc_depthwise_sides tinyc_depthwise_orient(const tinyc_depthwise_conv2d_s8_params *p) {
  tinyc_depthwise_sides s;
  const int32_t c = p->channels, swap = p->out_height > p->out_width;
  s.rows = swap ? p->out_width : p->out_height;
  s.columns = swap ? p->out_height : p->out_width;
  s.in_rows = swap ? p->in_width : p->in_height;
  s.in_columns = swap ? p->in_height : p->in_width;
  s.pad_rows = swap ? p->pad_left : p->pad_top;
  s.pad_columns = swap ? p->pad_top : p->pad_left;
  s.in_row = swap ? c : p->in_width * c;
  s.in_column = swap ? p->in_width * c : c;
  s.out_row = swap ? c : p->out_width * c;
  s.out_column = swap ? p->out_width * c : c;
  s.w_row = swap ? c : 3 * c;
  s.w_column = swap ? 3 * c : c;
  return s;
}

/* Four bytes of two pixels as four words of halfwords. */
TINYC_INLINE void tinyc_depthwise_store_pair(uint32_t *to, uint32_t a, uint32_t b) {
#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)
  const uint32_t a_even = tinyc_sxtb16(a), a_odd = tinyc_sxtb16_odd(a), b_even = tinyc_sxtb16(b), b_odd = tinyc_sxtb16_odd(b);
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(to[0]) : "r"(a_even), "r"(b_even));
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(to[1]) : "r"(a_odd), "r"(b_odd));
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(to[2]) : "r"(b_even), "r"(a_even));
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(to[3]) : "r"(b_odd), "r"(a_odd));
#else
  int32_t c;
  for (c = 0; c < 4; ++c, a >>= 8, b >>= 8)
    to[c] = (uint32_t)(uint16_t)(int8_t)(uint8_t)(a & 0xffu) | (uint32_t)(uint16_t)(int8_t)(uint8_t)(b & 0xffu) << 16;
#endif
}

/* `count` pairs of columns as they lie in the input. */
TINYC_INLINE uint32_t *tinyc_depthwise_gather(uint32_t *to, const int8_t *row, int32_t step, int32_t count) {
  const uint32_t *const end = to + 16 * count;
  const int8_t *next;
#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)
  const uint32_t *const even = end - 16 * (count & 1);
  uint32_t a, b, c, d, e;
  if (to != even)
    __asm__ volatile(
        ".syntax unified\n"
        "1:\n"
        ".irp at, 0, 64\n"
        "ldr %[a], [%[row]]\n"
        "ldr %[b], [%[row], %[step]]\n"
        "add %[row], %[row], %[step], lsl #1\n"
        "sxtb16 %[c], %[a]\n"
        "sxtb16 %[d], %[b]\n"
        "sxtb16 %[a], %[a], ror #8\n"
        "sxtb16 %[b], %[b], ror #8\n"
        "pkhbt %[e], %[c], %[d], lsl #16\n"
        "pkhtb %[d], %[d], %[c], asr #16\n"
        "pkhbt %[c], %[a], %[b], lsl #16\n"
        "pkhtb %[b], %[b], %[a], asr #16\n"
        "str %[e], [%[to], #\\at]\n"
        "str %[c], [%[to], #\\at + 4]\n"
        "str %[d], [%[to], #\\at + 8]\n"
        "str %[b], [%[to], #\\at + 12]\n"
        ".endr\n"
        "adds %[to], #128\n"
        "cmp %[to], %[even]\n"
        "bne 1b\n"
        : [row] "+&r"(row), [to] "+&r"(to), [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d), [e] "=&r"(e)
        : [step] "r"(step), [even] "r"(even)
        : "cc", "memory");
#endif
  next = row + step;
  for (; to != end; to += 16, row += 2 * step, next += 2 * step)
    tinyc_depthwise_store_pair(to, tinyc_load_u32(row), tinyc_load_u32(next));
  return to;
}

/* How a row of the ring is made of padding and input. */
typedef struct {
  int32_t pairs;     /* of a row */
  int32_t inside;    /* of two columns of the input, after a first column of padding where there is one */
  uint32_t padding;  /* four times the zero point */
  int32_t left, odd; /* a first column of padding; a last column of the input before padding */
} tinyc_depthwise_line;

TINYC_INLINE tinyc_depthwise_line tinyc_depthwise_line_of(const tinyc_depthwise_sides *s, int32_t pairs, int32_t zero_point) {
  tinyc_depthwise_line line;
  const int32_t columns = s->in_columns - s->pad_columns;
  line.pairs = pairs;
  line.left = s->pad_columns;
  line.inside = tinyc_min_i32(columns >> 1, pairs - line.left);
  line.odd = (columns & 1) != 0 && line.left + line.inside < pairs;
  line.padding = (uint32_t)(uint8_t)zero_point * 0x01010101u;
  return line;
}

/* One row of four channels; NULL: of padding. */
TINYC_NOINLINE void tinyc_depthwise_fetch(const tinyc_depthwise_line *line, const int8_t *row, int32_t step, uint32_t *to) {
  const uint32_t *const end = to + 16 * line->pairs;
  if (row != NULL) {
    if (line->left != 0) {
      tinyc_depthwise_store_pair(to, line->padding, tinyc_load_u32(row));
      to += 16;
      row += step;
    }
    to = tinyc_depthwise_gather(to, row, step, line->inside);
    if (line->odd != 0) {
      tinyc_depthwise_store_pair(to, tinyc_load_u32(row + 2 * line->inside * step), line->padding);
      to += 16;
    }
  }
  for (; to != end; to += 16) tinyc_depthwise_store_pair(to, line->padding, line->padding);
}

/* Rows [*next, last) of the padded image, into their slots. */
TINYC_INLINE void tinyc_depthwise_advance(const tinyc_depthwise_line *line, const tinyc_depthwise_sides *s, const int8_t *input,
                                          uint32_t *ring, int32_t *next, int32_t last) {
  for (; *next < last; ++*next) {
    const int32_t y = *next - s->pad_rows;
    tinyc_depthwise_fetch(line, y >= 0 && y < s->in_rows ? input + y * s->in_row : NULL, s->in_column, ring + 4 * (*next & 3));
  }
}

/* Saturation has clamped the results to int8; the layer may want less. */
TINYC_INLINE void tinyc_depthwise_clamp(const tinyc_depthwise_conv2d_s8_params *p, int8_t *output) {
  int32_t i;
  if (p->clamp_low > -128 || p->clamp_high < 127)
    for (i = 0; i < p->out_height * p->out_width * p->channels; ++i)
      output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
}

#endif
