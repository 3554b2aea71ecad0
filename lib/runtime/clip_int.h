#ifndef TINYC_RUNTIME_CLIP_INT_H
#define TINYC_RUNTIME_CLIP_INT_H
/* Integers limited to [bounds[0], bounds[1]]. y may be x. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t count, type;
  const int64_t *bounds;
} tinyc_clip_int_params;

TINYC_KERNEL void tinyc_clip_int(const tinyc_clip_int_params *p, const void *x, void *y) {
  const int64_t low = tinyc_integer_order(p->bounds[0], p->type), high = tinyc_integer_order(p->bounds[1], p->type);
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    const int64_t word = tinyc_load_integer(x, p->type, i), at = tinyc_integer_order(word, p->type);
    tinyc_store_integer(y, p->type, i, at > high ? p->bounds[1] : at < low ? p->bounds[0] : word);
  }
}

#endif
