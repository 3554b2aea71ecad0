#ifndef TINYC_RUNTIME_SLIDE_BYTES_H
#define TINYC_RUNTIME_SLIDE_BYTES_H
/* The rows of a ring slide down. */

#include "lib/runtime/common.h"

/* Moves the bytes [by, bytes) of a ring to its beginning, which is a multiple of 4. */
TINYC_NOINLINE void tinyc_slide_bytes(int8_t *ring, int32_t by, int32_t bytes) {
  const int8_t *from = ring + by;
  int32_t count = bytes - by;
  if ((by & 3) == 0) {
    for (; count >= 16; count -= 16, ring += 16, from += 16) {
      const uint32_t a = tinyc_load_u32_aligned(from), b = tinyc_load_u32_aligned(from + 4);
      const uint32_t c = tinyc_load_u32_aligned(from + 8), d = tinyc_load_u32_aligned(from + 12);
      tinyc_store_u32_aligned(ring, a);
      tinyc_store_u32_aligned(ring + 4, b);
      tinyc_store_u32_aligned(ring + 8, c);
      tinyc_store_u32_aligned(ring + 12, d);
    }
  }
  for (; count > 0; --count) {
    *ring++ = *from++;
    TINYC_KEEP_ORDER();
  }
}

#endif
