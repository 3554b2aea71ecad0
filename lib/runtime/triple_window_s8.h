#ifndef TINYC_RUNTIME_TRIPLE_WINDOW_S8_H
#define TINYC_RUNTIME_TRIPLE_WINDOW_S8_H
/* The windows of three outputs that follow each other in memory. */

#include "lib/runtime/triple_tile_s8.h"

typedef struct {
  int32_t top[3], left[3];
  int32_t column; /* of the output behind them */
  int32_t next_top, next_left;
  int8_t *next; /* its window and result */
} tinyc_triple_windows;

TINYC_INLINE void tinyc_triple_first(tinyc_triple_windows *w, int8_t *output, int32_t top, int32_t left) {
  w->column = 0;
  w->next_top = top;
  w->next_left = left;
  w->next = output;
}

/* Goes on by three outputs, of which `count` are there; others are the last one once more. */
TINYC_INLINE void tinyc_triple_next(tinyc_triple_windows *w, tinyc_triple_tile *tile, int32_t count, int32_t stride_y,
                                    int32_t stride_x, int32_t columns, int32_t first_left, int32_t channels) {
  int32_t i;
  for (i = 0; i < 3; ++i) {
    if (i < count) {
      tile->pixel[i] = w->next;
      w->next += channels;
      w->top[i] = w->next_top;
      w->left[i] = w->next_left;
      w->next_left += stride_x;
      if (++w->column == columns) {
        w->column = 0;
        w->next_left = first_left;
        w->next_top += stride_y;
      }
    } else {
      w->top[i] = w->top[i - 1];
      w->left[i] = w->left[i - 1];
      tile->pixel[i] = tile->pixel[i - 1];
    }
  }
}

/* Whether all begin at or behind 0, and before `bottom` and `right`. */
TINYC_INLINE int32_t tinyc_triple_inside(const tinyc_triple_windows *w, int32_t bottom, int32_t right) {
  const uint32_t rows = (uint32_t)tinyc_max_i32(0, bottom), columns = (uint32_t)tinyc_max_i32(0, right);
  int32_t i;
  for (i = 0; i < 3; ++i)
    if ((uint32_t)w->top[i] >= rows || (uint32_t)w->left[i] >= columns) return 0;
  return 1;
}

#endif
