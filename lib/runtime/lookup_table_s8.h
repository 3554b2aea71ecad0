#ifndef TINYC_RUNTIME_LOOKUP_TABLE_S8_H
#define TINYC_RUNTIME_LOOKUP_TABLE_S8_H
/* y = table[x + 128]. y may be x. */

#include "lib/runtime/mve.h"

typedef struct {
  int32_t count;
  const int8_t *table; /* 256 values */
} tinyc_lookup_table_s8_params;

TINYC_KERNEL void tinyc_lookup_table_s8(const tinyc_lookup_table_s8_params *p, const int8_t *x, int8_t *y) {
  const int8_t *middle = p->table + 128;
  int32_t i = 0;
#if TINYC_MVE
  for (; i + 16 <= p->count; i += 16) {
    const uint8x16_t at = vreinterpretq_u8_s8(veorq_s8(vldrbq_s8(x + i), vdupq_n_s8(-128)));
    vstrbq_s8(y + i, vldrbq_gather_offset_s8(p->table, at));
  }
#endif
  for (; i < p->count; ++i) y[i] = middle[x[i]];
}

#endif
