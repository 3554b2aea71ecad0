#ifndef TINYC_RUNTIME_SCATTER_ELEMENTS_ANY_H
#define TINYC_RUNTIME_SCATTER_ELEMENTS_ANY_H
/* y is x, but for the elements with the coordinates of an index, along `axis` where it says: an update replaces them or
 * is combined with them. */

#include "lib/runtime/indexing.h"

typedef struct {
  int32_t type, reduction, x_bytes;
  int32_t index_type, count, rank, axis, axis_size;
  const int32_t *counts;  /* of indices along each axis */
  const int32_t *strides; /* of x, in elements */
} tinyc_scatter_elements_any_params;

TINYC_KERNEL void tinyc_scatter_elements_any(const tinyc_scatter_elements_any_params *p, const void *x,
                                             const void *indices, const void *updates, void *y) {
  int32_t n;
  memcpy(y, x, (size_t)p->x_bytes);
  for (n = 0; n < p->count; ++n) {
    const int32_t place =
        tinyc_place_of_element(indices, p->index_type, n, p->rank, p->axis, p->axis_size, p->counts, p->strides);
    tinyc_scatter_run(p->reduction, p->type, 1, updates, n, y, place);
  }
}

#endif
