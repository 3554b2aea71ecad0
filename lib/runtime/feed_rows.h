#ifndef TINYC_RUNTIME_FEED_ROWS_H
#define TINYC_RUNTIME_FEED_ROWS_H
/* New rows go into a ring. */

#include "lib/runtime/common.h"

/* Copies `bytes` of each plane; planes begin `to_step` and `from_step` bytes apart. */
TINYC_NOINLINE void tinyc_feed_rows(int8_t *to, const int8_t *from, int32_t planes, int32_t to_step, int32_t from_step,
                                    int32_t bytes) {
  for (; planes > 0; --planes, to += to_step, from += from_step) {
    int32_t i = 0;
    for (; i + 8 <= bytes; i += 8) {
      const uint32_t a = tinyc_load_u32(from + i), b = tinyc_load_u32(from + i + 4);
      tinyc_store_u32(to + i, a);
      tinyc_store_u32(to + i + 4, b);
    }
    for (; i < bytes; ++i) {
      to[i] = from[i];
      TINYC_KEEP_ORDER();
    }
  }
}

#endif
