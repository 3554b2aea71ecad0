#ifndef TINYC_RUNTIME_SCATTER_ND_ANY_H
#define TINYC_RUNTIME_SCATTER_ND_ANY_H
/* y is x, but for the runs at tuples of coordinates, which the updates replace or are combined with. */

#include "lib/runtime/indexing.h"

typedef struct {
  int32_t type, reduction, x_bytes;
  int32_t index_type, tuples, depth, run;
  const int32_t *sizes, *strides; /* of the axes of x that are indexed, in elements */
} tinyc_scatter_nd_any_params;

TINYC_KERNEL void tinyc_scatter_nd_any(const tinyc_scatter_nd_any_params *p, const void *x, const void *indices,
                                       const void *updates, void *y) {
  int32_t n;
  memcpy(y, x, (size_t)p->x_bytes);
  for (n = 0; n < p->tuples; ++n) {
    const int32_t place = tinyc_place_of_tuple(indices, p->index_type, n * p->depth, p->depth, p->sizes, p->strides);
    tinyc_scatter_run(p->reduction, p->type, p->run, updates, n * p->run, y, place);
  }
}

#endif
