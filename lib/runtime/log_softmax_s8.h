#ifndef TINYC_RUNTIME_LOG_SOFTMAX_S8_H
#define TINYC_RUNTIME_LOG_SOFTMAX_S8_H
/* Log-softmax along the middle axis of [outer, size, inner]:
 *   y = clamp((offset - d * multiplier - octaves * octave - fraction[f]) >> shift), d = max(x) - x,
 * where the sum of table[d] along the axis, of 32 bits, is 2^octaves * (1 + f / 256 + less than 1 / 256). y may be x. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer;
  int32_t size;
  int32_t inner;
  int32_t table_size; /* table[d] = 0 from here on */
  const uint32_t *table;
  const int32_t *fraction; /* 256 */
  int32_t multiplier;
  int32_t octave;
  int32_t offset;
  int32_t shift;
} tinyc_log_softmax_s8_params;

TINYC_KERNEL void tinyc_log_softmax_s8(const tinyc_log_softmax_s8_params *p, const int8_t *x, int8_t *y) {
  const uint32_t *table = p->table;
  const int32_t size = p->size, step = p->inner, table_size = p->table_size;
  int32_t outer, inner, i;
  for (outer = 0; outer < p->outer; ++outer, x += (size - 1) * step, y += (size - 1) * step) {
    for (inner = 0; inner < step; ++inner, ++x, ++y) {
      int32_t largest = -128, octaves = 31, base;
      uint32_t sum = 0;
      for (i = 0; i < size; ++i) largest = tinyc_max_i32(largest, x[i * step]);
      for (i = 0; i < size; ++i) {
        const int32_t d = largest - x[i * step];
        if (d < table_size) sum += table[d];
      }
      for (; sum < 0x80000000u; sum <<= 1) --octaves;
      base = p->offset - octaves * p->octave - p->fraction[(sum >> 23) & 255u];
      for (i = 0; i < size; ++i)
        y[i * step] = tinyc_clamp_s8((base - (largest - x[i * step]) * p->multiplier) >> p->shift, -128, 127);
    }
  }
}

#endif
