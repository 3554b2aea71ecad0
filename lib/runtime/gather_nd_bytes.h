#ifndef TINYC_RUNTIME_GATHER_ND_BYTES_H
#define TINYC_RUNTIME_GATHER_ND_BYTES_H
/* For each tuple of indices the run of x at these coordinates. A batch of tuples has its own part of x. Elements of any
 * type. */

#include "lib/runtime/indexing.h"

typedef struct {
  int32_t index_type, batches, tuples, depth; /* tuples: per batch */
  int32_t batch_elements, element_bytes, run_bytes;
  const int32_t *sizes, *strides; /* of the axes of x that are indexed, in elements */
} tinyc_gather_nd_bytes_params;

TINYC_KERNEL void tinyc_gather_nd_bytes(const tinyc_gather_nd_bytes_params *p, const void *TINYC_RESTRICT x,
                                        const void *indices, void *TINYC_RESTRICT y) {
  int8_t *to = (int8_t *)y;
  int32_t batch, n, first = 0;
  for (batch = 0; batch < p->batches; ++batch) {
    for (n = 0; n < p->tuples; ++n, first += p->depth, to += p->run_bytes) {
      const int32_t place = tinyc_place_of_tuple(indices, p->index_type, first, p->depth, p->sizes, p->strides);
      memcpy(to, (const int8_t *)x + (batch * p->batch_elements + place) * p->element_bytes, (size_t)p->run_bytes);
    }
  }
}

#endif
