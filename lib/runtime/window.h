#ifndef TINYC_RUNTIME_WINDOW_H
#define TINYC_RUNTIME_WINDOW_H
/* Which taps of a sliding window, and which windows, lie inside the input. Loops rather than divisions: the
 * counts are small and a core may have no divide instruction. */

#include "lib/runtime/common.h"

/* From `first` up to but without `last`. */
typedef struct {
  int32_t first, last;
} tinyc_range;

/* Taps at start + tap * dilation, 0 <= tap < kernel, within [0, size). */
TINYC_INLINE tinyc_range tinyc_taps_inside(int32_t start, int32_t size, int32_t kernel, int32_t dilation) {
  tinyc_range taps;
  int32_t at = start;
  taps.first = 0;
  while (taps.first < kernel && at < 0) {
    ++taps.first;
    at += dilation;
  }
  taps.last = taps.first;
  while (taps.last < kernel && at < size) {
    ++taps.last;
    at += dilation;
  }
  return taps;
}

/* Outputs, of `count`, whose whole window of this extent lies within [0, size). */
TINYC_INLINE tinyc_range tinyc_interior(int32_t count, int32_t stride, int32_t pad, int32_t extent, int32_t size) {
  tinyc_range outputs;
  int32_t at = -pad;
  outputs.first = 0;
  while (outputs.first < count && at < 0) {
    ++outputs.first;
    at += stride;
  }
  outputs.last = outputs.first;
  while (outputs.last < count && at + extent <= size) {
    ++outputs.last;
    at += stride;
  }
  return outputs;
}

#endif
