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

/* One row of four channels, from column -pad. */
TINYC_INLINE void tinyc_depthwise_gather(uint32_t *to, const int8_t *row, const tinyc_depthwise_sides *s, int32_t pairs,
                                         uint32_t padding) {
  const int32_t step = s->in_column;
  const uint32_t *end = to + 16 * pairs, *whole;
  int32_t left = s->in_columns;
  if (s->pad_columns != 0) {
    tinyc_depthwise_store_pair(to, padding, tinyc_load_u32(row));
    to += 16;
    row += step;
    --left;
  }
  whole = to + 16 * tinyc_min_i32(left >> 1, (int32_t)(end - to) >> 4);
  for (; to != whole; to += 16, row += 2 * step) tinyc_depthwise_store_pair(to, tinyc_load_u32(row), tinyc_load_u32(row + step));
  if (to != end && (left & 1) != 0) {
    tinyc_depthwise_store_pair(to, tinyc_load_u32(row), padding);
    to += 16;
  }
  for (; to != end; to += 16) tinyc_depthwise_store_pair(to, padding, padding);
}

/* One row of padding. */
TINYC_INLINE void tinyc_depthwise_pad(uint32_t *to, int32_t pairs, uint32_t padding) {
  for (; pairs > 0; --pairs, to += 16) tinyc_depthwise_store_pair(to, padding, padding);
}

/* Row `row` of the padded image, into its slot. */
TINYC_INLINE void tinyc_depthwise_fetch(uint32_t *ring, const int8_t *input, const tinyc_depthwise_sides *s, int32_t row,
                                        int32_t pairs, uint32_t padding) {
  const int32_t y = row - s->pad_rows;
  if (y >= 0 && y < s->in_rows)
    tinyc_depthwise_gather(ring + 4 * (row & 3), input + y * s->in_row, s, pairs, padding);
  else
    tinyc_depthwise_pad(ring + 4 * (row & 3), pairs, padding);
}

/* Saturation has clamped the results to int8; the layer may want less. */
TINYC_INLINE void tinyc_depthwise_clamp(const tinyc_depthwise_conv2d_s8_params *p, int8_t *output) {
  int32_t i;
  if (p->clamp_low > -128 || p->clamp_high < 127)
    for (i = 0; i < p->out_height * p->out_width * p->channels; ++i)
      output[i] = tinyc_clamp_s8(output[i], p->clamp_low, p->clamp_high);
}

#endif
