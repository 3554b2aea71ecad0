#ifndef TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_MVE_S8_H
#define TINYC_RUNTIME_DEPTHWISE_CONV2D_3X3_MVE_S8_H
/* Depthwise 3x3 convolution of stride 1 or 2 for cores with MVE.
 *
 * A ring keeps four rows of eight channels, padding included, in the order [channel][column][row & 3]: sixteen consecutive
 * bytes are four rows of four columns of one channel. One instruction multiplies them with a window's weights, zeros around
 * them, and adds up. With stride 1 the sixteen bytes hold the windows of two by two outputs. "Columns" run along the
 * longer side of the output. A row is in the ring before an output in its place is written: the layer may work in place. */

#include "lib/runtime/mve.h"
#include "lib/runtime/requantize.h"

typedef struct {
  int32_t rows, columns, in_rows, in_columns, channels, stride;
  int32_t pad_rows, pad_columns;
  int32_t in_row, in_column, out_row, out_column; /* bytes from one to the next */
  int32_t in_zero_point;
  const int32_t *weights; /* per channel: bytes [column][row of 4, the last 0] in three words, bias, multiplier */
  int32_t zero_point, clamp_low, clamp_high;
} tinyc_depthwise_conv2d_3x3_mve_s8_params;

#if TINYC_MVE
/* Four sums requantized, limited to int8 and stored at `to` plus offsets. */
#define TINYC_MVE_STORE_4(to, offsets, s0, s1, s2, s3)                                   \
  do {                                                                                   \
    int32x4_t sums;                                                                      \
    __asm__("vmov %q0[2], %q0[0], %1, %3\n\tvmov %q0[3], %q0[1], %2, %4"                 \
            : "=&w"(sums)                                                                \
            : "r"(s0), "r"(s1), "r"(s2), "r"(s3));                                       \
    sums = vaddq_n_s32(vrmulhq_s32(vaddq_n_s32(sums, bias), multiplier), zero_point);    \
    __asm__("vqmovnb.s32 %q0, %q0\n\tvqmovnb.s16 %q0, %q0" : "+w"(sums));                \
    vstrbq_scatter_offset_s32(to, offsets, sums);                                        \
  } while (0)
#endif

/* The outputs of one channel in rows `row` and, if `second`, the next one; the ring from the channel's first column on. */
TINYC_NOINLINE void tinyc_depthwise_mve_rows_1(const tinyc_depthwise_conv2d_3x3_mve_s8_params *p, const int32_t *w,
                                               const int8_t *ring, int32_t row, int32_t second, int8_t *to) {
  const int32_t bias = w[3], zero_point = p->zero_point, step = p->out_column, below = second ? p->out_row : 0;
#if TINYC_MVE
  const int32x4_t multiplier = vdupq_n_s32(w[4]);
  const uint32_t place[4] = {0, (uint32_t)step, (uint32_t)below, (uint32_t)(below + step)};
  uint32x4_t at = vldrwq_u32(place), words = vsetq_lane_u32(0, vreinterpretq_u32_s32(vldrwq_s32(w)), 3), next;
  uint32_t carry = 0;
  int8x16_t w00, w01, w10, w11;
  int32_t i;
  next = second ? vshlq_n_u32(words, 8) : words;
  if ((row & 2) != 0) {
    words = vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(words)));
    next = vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(next)));
  }
  w00 = vreinterpretq_s8_u32(words);
  w10 = vreinterpretq_s8_u32(next);
  w01 = vreinterpretq_s8_u32(vshlcq_u32(words, &carry, 32));
  carry = 0;
  w11 = vreinterpretq_s8_u32(vshlcq_u32(next, &carry, 32));
  for (i = p->columns >> 1; i > 0; --i, ring += 8, to += 2 * step) {
    const int8x16_t x = vldrbq_s8(ring);
    TINYC_MVE_STORE_4(to, at, vmladavq_s8(x, w00), vmladavq_s8(x, w01), vmladavq_s8(x, w10), vmladavq_s8(x, w11));
  }
  if ((p->columns & 1) != 0) {
    const int8x16_t x = vldrbq_s8(ring);
    const int32_t upper = vmladavq_s8(x, w00), lower = vmladavq_s8(x, w10);
    const uint32_t last[4] = {0, 0, (uint32_t)below, (uint32_t)below};
    at = vldrwq_u32(last);
    TINYC_MVE_STORE_4(to, at, upper, upper, lower, lower);
  }
#else
  int32_t i, y, column;
  for (i = 0; i < p->columns; ++i)
    for (y = 0; y <= second; ++y) {
      int32_t acc = bias, tap;
      for (column = 0; column < 3; ++column)
        for (tap = 0; tap < 3; ++tap)
          acc += ring[4 * (i + column) + ((row + y + tap) & 3)] * tinyc_mve_byte(w, 4 * column + tap);
      to[i * step + y * below] = tinyc_clamp_s8(tinyc_requantize(acc, w[4], 0, zero_point), -128, 127);
    }
#endif
}

/* The same with stride 2 for output row `row`. */
TINYC_NOINLINE void tinyc_depthwise_mve_row_2(const tinyc_depthwise_conv2d_3x3_mve_s8_params *p, const int32_t *w,
                                              const int8_t *ring, int32_t row, int8_t *to) {
  const int32_t bias = w[3], zero_point = p->zero_point, step = p->out_column;
#if TINYC_MVE
  const int32x4_t multiplier = vdupq_n_s32(w[4]);
  const uint32x4_t at = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)step);
  uint32x4_t words = vsetq_lane_u32(0, vreinterpretq_u32_s32(vldrwq_s32(w)), 3);
  int8x16_t v;
  int32_t i;
  if ((row & 1) != 0) words = vreinterpretq_u32_u16(vrev32q_u16(vreinterpretq_u16_u32(words)));
  v = vreinterpretq_s8_u32(words);
  for (i = p->columns >> 2; i > 0; --i, ring += 32, to += 4 * step)
    TINYC_MVE_STORE_4(to, at, vmladavq_s8(vldrbq_s8(ring), v), vmladavq_s8(vldrbq_s8(ring + 8), v),
                      vmladavq_s8(vldrbq_s8(ring + 16), v), vmladavq_s8(vldrbq_s8(ring + 24), v));
  if ((p->columns & 3) != 0) {
    const uint32_t most = (uint32_t)((p->columns & 3) - 1);
    const uint32x4_t last = vmulq_n_u32(vminq_u32(vidupq_n_u32(0, 1), vdupq_n_u32(most)), (uint32_t)step);
    const int32_t s0 = vmladavq_s8(vldrbq_s8(ring), v), s1 = most >= 1 ? vmladavq_s8(vldrbq_s8(ring + 8), v) : s0;
    const int32_t s2 = most >= 2 ? vmladavq_s8(vldrbq_s8(ring + 16), v) : s1;
    TINYC_MVE_STORE_4(to, last, s0, s1, s2, s2);
  }
#else
  int32_t i, column;
  for (i = 0; i < p->columns; ++i) {
    int32_t acc = bias, tap;
    for (column = 0; column < 3; ++column)
      for (tap = 0; tap < 3; ++tap)
        acc += ring[4 * (2 * i + column) + ((2 * row + tap) & 3)] * tinyc_mve_byte(w, 4 * column + tap);
    to[i * step] = tinyc_clamp_s8(tinyc_requantize(acc, w[4], 0, zero_point), -128, 127);
  }
#endif
}

/* One row of up to eight channels into its place in the ring; `pitch` bytes of the ring per channel. */
TINYC_INLINE void tinyc_depthwise_mve_fetch(const int8_t *row, int32_t step, int32_t columns, int32_t channels, int32_t pitch,
                                            int8_t *to) {
  int32_t i;
#if TINYC_MVE
  const uint16x8_t at = vmulq_n_u16(vidupq_n_u16(0, 1), (uint16_t)pitch);
  if (channels == 8) {
    for (i = columns; i > 0; --i, row += step, to += 4) vstrbq_scatter_offset_s16(to, at, vldrbq_s16(row));
  } else {
    const mve_pred16_t some = vctp16q((uint32_t)channels);
    for (i = columns; i > 0; --i, row += step, to += 4) vstrbq_scatter_offset_p_s16(to, at, vldrbq_z_s16(row, some), some);
  }
#else
  for (i = 0; i < columns; ++i) {
    int32_t c;
    for (c = 0; c < channels; ++c) to[c * pitch + 4 * i] = row[i * step + c];
  }
#endif
}

/* scratch: 32 bytes for each column of a row of the ring: columns + 2, or 2 * columns + 2 with stride 2, columns first rounded up
 * to an even number. */
TINYC_KERNEL void tinyc_depthwise_conv2d_3x3_mve_s8(const tinyc_depthwise_conv2d_3x3_mve_s8_params *p, const int8_t *input,
                                                    int8_t *output, void *scratch) {
  const int32_t stride = p->stride, pitch = 4 * (stride * ((p->columns + 1) & ~1) + 2);
  const int32_t inside = tinyc_min_i32(p->in_columns, pitch / 4 - p->pad_columns), rows_at_once = 3 - stride;
  int8_t *const ring = (int8_t *)scratch;
  int32_t first;
  for (first = 0; first < p->channels; first += 8) {
    const int32_t channels = tinyc_min_i32(8, p->channels - first);
    const int32_t *const weights = p->weights + 5 * first;
    int32_t row, next = 0, c;
    tinyc_mve_fill(ring, p->in_zero_point, 8 * pitch);
    for (row = 0; row < p->rows; row += rows_at_once) {
      int8_t *const to = output + row * p->out_row + first;
      const int32_t second = stride == 1 && row + 1 < p->rows, last = stride * (row + second) + 3;
      for (; next < last; ++next) {
        const int32_t y = next - p->pad_rows;
        int8_t *const place = ring + 4 * p->pad_columns + (next & 3);
        if (y >= 0 && y < p->in_rows)
          tinyc_depthwise_mve_fetch(input + y * p->in_row + first, p->in_column, inside, channels, pitch, place);
        else
          for (c = 0; c < 8; ++c) {
            int32_t i;
            for (i = 0; i < inside; ++i) place[c * pitch + 4 * i] = (int8_t)p->in_zero_point;
          }
      }
      for (c = 0; c < channels; ++c) {
        if (stride == 1)
          tinyc_depthwise_mve_rows_1(p, weights + 5 * c, ring + c * pitch, row, second, to + c);
        else
          tinyc_depthwise_mve_row_2(p, weights + 5 * c, ring + c * pitch, row, to + c);
      }
    }
  }
  if (p->clamp_low > -128 || p->clamp_high < 127)
    tinyc_mve_clamp(output, p->rows * p->columns * p->channels, p->clamp_low, p->clamp_high);
}

#endif
