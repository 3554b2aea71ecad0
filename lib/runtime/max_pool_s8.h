#ifndef TINYC_RUNTIME_MAX_POOL_S8_H
#define TINYC_RUNTIME_MAX_POOL_S8_H
/* The maximum of each window, per channel, NHWC, clamped. Every window has a tap inside the input. */

#include "lib/runtime/mve.h"
#include "lib/runtime/window.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;
  int32_t clamp_low, clamp_high;
} tinyc_max_pool_s8_params;

TINYC_INLINE int32_t tinyc_max_1(const int8_t *x, int32_t rows, int32_t columns, int32_t row_step,
                                 int32_t column_step) {
  int32_t best = -128, row, column;
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step)
      if (*at > best) best = *at;
  }
  return best;
}

/* Of four neighbouring channels, one per byte. */
TINYC_INLINE void tinyc_max_4(int8_t *to, const int8_t *x, int32_t rows, int32_t columns, int32_t row_step,
                              int32_t column_step, int32_t low, int32_t high) {
  int32_t row, column;
#if TINYC_DSP && defined(__GNUC__) && defined(__arm__)
  uint32_t best = 0x80808080u, difference;
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step) {
      const uint32_t word = tinyc_load_u32(at);
      /* The GE flags of word - best choose word where it is not less. */
      __asm__("ssub8 %1, %2, %0\n\tsel %0, %2, %0" : "+r"(best), "=&r"(difference) : "r"(word) : "cc");
    }
  }
  to[0] = tinyc_clamp_s8((int8_t)(best & 0xffu), low, high);
  to[1] = tinyc_clamp_s8((int8_t)((best >> 8) & 0xffu), low, high);
  to[2] = tinyc_clamp_s8((int8_t)((best >> 16) & 0xffu), low, high);
  to[3] = tinyc_clamp_s8((int8_t)(best >> 24), low, high);
#else
  int32_t a0 = -128, a1 = -128, a2 = -128, a3 = -128;
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step) {
      if (at[0] > a0) a0 = at[0];
      if (at[1] > a1) a1 = at[1];
      if (at[2] > a2) a2 = at[2];
      if (at[3] > a3) a3 = at[3];
    }
  }
  to[0] = tinyc_clamp_s8(a0, low, high);
  to[1] = tinyc_clamp_s8(a1, low, high);
  to[2] = tinyc_clamp_s8(a2, low, high);
  to[3] = tinyc_clamp_s8(a3, low, high);
#endif
}

#if TINYC_MVE
/* Of up to sixteen neighbouring channels. */
TINYC_INLINE void tinyc_max_16(int8_t *to, const int8_t *x, int32_t rows, int32_t columns, int32_t row_step, int32_t column_step,
                               int32_t channels, int32_t low, int32_t high) {
  const mve_pred16_t some = vctp8q((uint32_t)channels);
  int8x16_t best = vdupq_n_s8((int8_t)low);
  int32_t row, column;
  for (row = rows; row > 0; --row, x += row_step) {
    const int8_t *at = x;
    for (column = columns; column > 0; --column, at += column_step) best = vmaxq_s8(best, vldrbq_z_s8(at, some));
  }
  vstrbq_p_s8(to, vminq_s8(best, vdupq_n_s8((int8_t)high)), some);
}
#endif

TINYC_KERNEL void tinyc_max_pool_s8(const tinyc_max_pool_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                    int8_t *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels;
  const int32_t row_step = p->dilation_y * in_row, column_step = p->dilation_x * channels;
  const int32_t low = p->clamp_low, high = p->clamp_high;
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, input += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = oy * p->stride_y - p->pad_top;
      const tinyc_range ky = tinyc_taps_inside(top, p->in_height, p->kernel_height, p->dilation_y);
      for (ox = 0; ox < p->out_width; ++ox, output += channels) {
        const int32_t left = ox * p->stride_x - p->pad_left;
        const tinyc_range kx = tinyc_taps_inside(left, p->in_width, p->kernel_width, p->dilation_x);
        const int32_t rows = ky.last - ky.first, columns = kx.last - kx.first;
        const int8_t *x =
            input + ((top + ky.first * p->dilation_y) * in_row + (left + kx.first * p->dilation_x) * channels);
#if TINYC_MVE
        for (c = 0; c < channels; c += 16)
          tinyc_max_16(output + c, x + c, rows, columns, row_step, column_step, channels - c, low, high);
#else
        for (c = 0; c + 4 <= channels; c += 4)
          tinyc_max_4(output + c, x + c, rows, columns, row_step, column_step, low, high);
        for (; c < channels; ++c)
          output[c] = tinyc_clamp_s8(tinyc_max_1(x + c, rows, columns, row_step, column_step), low, high);
#endif
      }
    }
  }
}

#endif
