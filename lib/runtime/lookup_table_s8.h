#ifndef TINYC_RUNTIME_LOOKUP_TABLE_S8_H
#define TINYC_RUNTIME_LOOKUP_TABLE_S8_H
/* y = table[x + 128]. y may be x. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t count;
  const int8_t *table; /* 256 values */
} tinyc_lookup_table_s8_params;

TINYC_KERNEL void tinyc_lookup_table_s8(const tinyc_lookup_table_s8_params *p, const int8_t *x, int8_t *y) {
  const int8_t *middle = p->table + 128;
  int32_t i;
  for (i = 0; i < p->count; ++i) y[i] = middle[x[i]];
}

#endif
