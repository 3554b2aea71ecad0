#ifndef TINYC_RUNTIME_PICK_BYTES_H
#define TINYC_RUNTIME_PICK_BYTES_H
/* y[o][i] = x[o][index[i]], each element a run of bytes; y is dense. Elements of any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t outer, in_step; /* bytes of x from one o to the next */
  int32_t count, run_bytes;
  const uint16_t *index;
} tinyc_pick_bytes_params;

TINYC_KERNEL void tinyc_pick_bytes(const tinyc_pick_bytes_params *p, const void *TINYC_RESTRICT x,
                                   void *TINYC_RESTRICT y) {
  const uint16_t *index = p->index;
  const int32_t count = p->count, run = p->run_bytes;
  const int8_t *from = (const int8_t *)x;
  int8_t *to = (int8_t *)y;
  int32_t o, i;
  for (o = p->outer; o > 0; --o, from += p->in_step) {
    if (run == 1)
      for (i = 0; i < count; ++i) *to++ = from[index[i]];
    else
      for (i = 0; i < count; ++i, to += run) memcpy(to, from + index[i] * run, (size_t)run);
  }
}

#endif
