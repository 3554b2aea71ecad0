#ifndef TINYC_RUNTIME_ONE_HOT_BYTES_H
#define TINYC_RUNTIME_ONE_HOT_BYTES_H
/* y[o][d][i] = values[1] where index [o][i] is d, or d - depth, else values[0]. Values of any type. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t index_type, outer, depth, inner, element_bytes;
} tinyc_one_hot_bytes_params;

TINYC_KERNEL void tinyc_one_hot_bytes(const tinyc_one_hot_bytes_params *p, const void *indices, const void *values,
                                      void *y) {
  const int32_t bytes = p->element_bytes;
  int8_t *to = (int8_t *)y;
  int32_t o, d, i;
  for (o = 0; o < p->outer; ++o) {
    for (d = 0; d < p->depth; ++d) {
      for (i = 0; i < p->inner; ++i, to += bytes) {
        const int32_t n = o * p->inner + i;
        int on;
        if (p->index_type == TINYC_F32) {
          const float index = ((const float *)indices)[n];
          on = (index > -1.0f && index < (float)p->depth && (int32_t)index == d) ||
               (index <= -1.0f && index > -1.0f - (float)p->depth && (int32_t)index + p->depth == d);
        } else {
          const int64_t index = tinyc_load_integer(indices, p->index_type, n);
          on = index == d || index == (int64_t)d - p->depth;
        }
        memcpy(to, (const int8_t *)values + (on ? bytes : 0), (size_t)bytes);
      }
    }
  }
}

#endif
