#ifndef TINYC_RUNTIME_GATHER_ELEMENTS_BYTES_H
#define TINYC_RUNTIME_GATHER_ELEMENTS_BYTES_H
/* For each index the element of x with its coordinates, but along `axis` where it says. Elements of any type. */

#include "lib/runtime/indexing.h"

typedef struct {
  int32_t index_type, count, rank, axis, axis_size, element_bytes;
  const int32_t *counts;  /* of indices along each axis */
  const int32_t *strides; /* of x, in elements */
} tinyc_gather_elements_bytes_params;

TINYC_KERNEL void tinyc_gather_elements_bytes(const tinyc_gather_elements_bytes_params *p, const void *TINYC_RESTRICT x,
                                              const void *indices, void *TINYC_RESTRICT y) {
  const int32_t bytes = p->element_bytes;
  int8_t *to = (int8_t *)y;
  int32_t n;
  for (n = 0; n < p->count; ++n, to += bytes) {
    const int32_t place =
        tinyc_place_of_element(indices, p->index_type, n, p->rank, p->axis, p->axis_size, p->counts, p->strides);
    memcpy(to, (const int8_t *)x + place * bytes, (size_t)bytes);
  }
}

#endif
