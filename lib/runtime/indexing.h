#ifndef TINYC_RUNTIME_INDEXING_H
#define TINYC_RUNTIME_INDEXING_H
/* Places in a tensor x that computed indices name, and what is written there. Sizes and strides are of axes of x, in
 * elements. */

#include "lib/runtime/common_f32.h"
#include "lib/runtime/integer.h"

#define TINYC_SCATTER_NONE 0
#define TINYC_SCATTER_ADD 1
#define TINYC_SCATTER_MUL 2
#define TINYC_SCATTER_MAX 3
#define TINYC_SCATTER_MIN 4

/* `depth` indices from number `first` on are coordinates. */
TINYC_KERNEL int32_t tinyc_place_of_tuple(const void *indices, int32_t index_type, int32_t first, int32_t depth,
                                          const int32_t *sizes, const int32_t *strides) {
  int32_t place = 0, i;
  for (i = 0; i < depth; ++i)
    place += tinyc_place(tinyc_load_integer(indices, index_type, first + i), sizes[i]) * strides[i];
  return place;
}

/* Index number n, whose coordinates among `counts` indices are those of its place, but for the one along `axis`, which
 * it is itself. */
TINYC_KERNEL int32_t tinyc_place_of_element(const void *indices, int32_t index_type, int32_t n, int32_t rank,
                                            int32_t axis, int32_t size, const int32_t *counts, const int32_t *strides) {
  int32_t place = tinyc_place(tinyc_load_integer(indices, index_type, n), size) * strides[axis], i;
  for (i = rank - 1; i >= 0; --i) {
    if (i != axis) place += n % counts[i] * strides[i];
    n /= counts[i];
  }
  return place;
}

TINYC_KERNEL float tinyc_scattered_f32(int32_t reduction, float old, float update) {
  switch (reduction) {
    case TINYC_SCATTER_ADD: return old + update;
    case TINYC_SCATTER_MUL: return old * update;
    case TINYC_SCATTER_MAX: return old < update ? update : old;
    case TINYC_SCATTER_MIN: return update < old ? update : old;
    default: return update;
  }
}

TINYC_KERNEL int64_t tinyc_scattered_integer(int32_t reduction, int32_t type, int64_t old, int64_t update) {
  const int less = tinyc_integer_order(old, type) < tinyc_integer_order(update, type);
  switch (reduction) {
    case TINYC_SCATTER_ADD: return (int64_t)((uint64_t)old + (uint64_t)update);
    case TINYC_SCATTER_MUL: return (int64_t)((uint64_t)old * (uint64_t)update);
    case TINYC_SCATTER_MAX: return less ? update : old;
    case TINYC_SCATTER_MIN: return less ? old : update;
    default: return update;
  }
}

/* `run` elements of the updates from number `from` on come to y from number `to` on. */
TINYC_KERNEL void tinyc_scatter_run(int32_t reduction, int32_t type, int32_t run, const void *updates, int32_t from,
                                    void *y, int32_t to) {
  int32_t i;
  if (type == TINYC_F32) {
    for (i = 0; i < run; ++i)
      ((float *)y)[to + i] = tinyc_scattered_f32(reduction, ((float *)y)[to + i], ((const float *)updates)[from + i]);
    return;
  }
  for (i = 0; i < run; ++i) {
    const int64_t old = tinyc_load_integer(y, type, to + i), update = tinyc_load_integer(updates, type, from + i);
    tinyc_store_integer(y, type, to + i, tinyc_scattered_integer(reduction, type, old, update));
  }
}

#endif
