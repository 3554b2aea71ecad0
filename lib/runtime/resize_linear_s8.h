#ifndef TINYC_RUNTIME_RESIZE_LINEAR_S8_H
#define TINYC_RUNTIME_RESIZE_LINEAR_S8_H
/* Each output pixel mixes four input pixels, NHWC: rows row[i] and the one after it, columns column[j] and the one
 * after it, in 256ths: y = (sum of products with weights + 2^15) >> 16. The last row and column have none after them. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t batches, in_height, in_width, out_height, out_width, channels;
  const uint16_t *row, *row_weight;       /* [out_height]; the weight of the row after */
  const uint16_t *column, *column_weight; /* [out_width] */
} tinyc_resize_linear_s8_params;

TINYC_KERNEL void tinyc_resize_linear_s8(const tinyc_resize_linear_s8_params *p, const int8_t *TINYC_RESTRICT input,
                                         int8_t *TINYC_RESTRICT output) {
  const int32_t channels = p->channels, in_row = p->in_width * channels;
  int32_t n, oy, ox, c;
  for (n = 0; n < p->batches; ++n, input += p->in_height * in_row) {
    for (oy = 0; oy < p->out_height; ++oy) {
      const int32_t top = p->row[oy], down = p->row_weight[oy], up = 256 - down;
      const int32_t below = top + 1 < p->in_height ? in_row : 0;
      for (ox = 0; ox < p->out_width; ++ox) {
        const int32_t left = p->column[ox], right = p->column_weight[ox];
        const int32_t beside = left + 1 < p->in_width ? channels : 0;
        const int32_t w00 = up * (256 - right), w01 = up * right, w10 = down * (256 - right), w11 = down * right;
        const int8_t *x = input + (top * in_row + left * channels);
        for (c = 0; c < channels; ++c, ++x)
          *output++ = (int8_t)((w00 * x[0] + w01 * x[beside] + w10 * x[below] + w11 * x[below + beside] + 32768) >> 16);
      }
    }
  }
}

#endif
