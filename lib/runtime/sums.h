#ifndef TINYC_RUNTIME_SUMS_H
#define TINYC_RUNTIME_SUMS_H
/* Sums of int8 over a rectangle of taps: x[row * row_step + column * column_step]. */

#include "lib/runtime/mve.h"

/* Of four neighbouring channels. */
typedef struct {
  int32_t a0, a1, a2, a3;
} tinyc_sums;

TINYC_INLINE int32_t tinyc_sum_1(const int8_t *x, int32_t rows, int32_t columns, int32_t row_step,
                                 int32_t column_step) {
  int32_t sum = 0, row, column;
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step) sum += *at;
  }
  return sum;
}

#if TINYC_DSP
/* Two sums of 16 bits in each of two words: 255 taps fit before they are spilled. */
TINYC_INLINE void tinyc_spill_sums(tinyc_sums *sums, uint32_t even, uint32_t odd) {
  sums->a0 += (int16_t)(even & 0xffffu);
  sums->a1 += (int16_t)(odd & 0xffffu);
  sums->a2 += (int16_t)(even >> 16);
  sums->a3 += (int16_t)(odd >> 16);
}
#endif

TINYC_INLINE tinyc_sums tinyc_sum_4(const int8_t *x, int32_t rows, int32_t columns, int32_t row_step,
                                    int32_t column_step) {
  tinyc_sums sums = {0, 0, 0, 0};
  int32_t row, column;
#if TINYC_DSP
  uint32_t even = 0, odd = 0;
  int32_t room = 255;
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step) {
      const uint32_t word = tinyc_load_u32(at);
      if (room == 0) {
        tinyc_spill_sums(&sums, even, odd);
        even = odd = 0;
        room = 255;
      }
      --room;
      even = tinyc_sxtab16(even, word);
      odd = tinyc_sxtab16_odd(odd, word);
    }
  }
  tinyc_spill_sums(&sums, even, odd);
#else
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step) {
      sums.a0 += at[0];
      sums.a1 += at[1];
      sums.a2 += at[2];
      sums.a3 += at[3];
    }
  }
#endif
  return sums;
}

#if TINYC_MVE
/* Of eight neighbouring channels, as far as `some` has them: of the even ones, of the odd ones. */
TINYC_INLINE void tinyc_sum_8(const int8_t *x, int32_t rows, int32_t columns, int32_t row_step, int32_t column_step,
                              mve_pred16_t some, int32x4_t *even, int32x4_t *odd) {
  int32_t row, column;
  *even = *odd = vdupq_n_s32(0);
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    int32_t left;
    for (left = columns; left > 0; left -= 255) { /* 255 taps fit 16 bits */
      int16x8_t sums = vdupq_n_s16(0);
      for (column = tinyc_min_i32(left, 255); column > 0; --column, at += column_step)
        sums = vaddq_s16(sums, vldrbq_z_s16(at, some));
      *even = vaddq_s32(*even, vmovlbq_s16(sums));
      *odd = vaddq_s32(*odd, vmovltq_s16(sums));
    }
  }
}
#endif

#endif
