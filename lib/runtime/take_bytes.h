#ifndef TINYC_RUNTIME_TAKE_BYTES_H
#define TINYC_RUNTIME_TAKE_BYTES_H
/* y[o][i] = x[o][indices[i]], each element a run of bytes, with indices that are computed. Elements of any type. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t outer, size, run_bytes; /* of x */
  int32_t index_type, index_count;
} tinyc_take_bytes_params;

TINYC_KERNEL void tinyc_take_bytes(const tinyc_take_bytes_params *p, const void *TINYC_RESTRICT x, const void *indices,
                                   void *TINYC_RESTRICT y) {
  const int8_t *from = (const int8_t *)x;
  int8_t *to = (int8_t *)y;
  int32_t o, i;
  for (o = 0; o < p->outer; ++o, from += p->size * p->run_bytes) {
    for (i = 0; i < p->index_count; ++i, to += p->run_bytes) {
      const int32_t place = tinyc_place(tinyc_load_integer(indices, p->index_type, i), p->size);
      memcpy(to, from + place * p->run_bytes, (size_t)p->run_bytes);
    }
  }
}

#endif
