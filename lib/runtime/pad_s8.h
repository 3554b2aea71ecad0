#ifndef TINYC_RUNTIME_PAD_S8_H
#define TINYC_RUNTIME_PAD_S8_H
/* y is `value` everywhere but in a box, which is a box of x. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t out_bytes, value;
  int32_t size0, size1, size2, row_bytes; /* of the box, outermost first */
  int32_t in_offset, in_step0, in_step1, in_step2;
  int32_t out_offset, out_step0, out_step1, out_step2;
} tinyc_pad_s8_params;

TINYC_KERNEL void tinyc_pad_s8(const tinyc_pad_s8_params *p, const int8_t *TINYC_RESTRICT x,
                               int8_t *TINYC_RESTRICT y) {
  int32_t i0, i1, i2;
  memset(y, p->value, (size_t)p->out_bytes);
  x += p->in_offset;
  y += p->out_offset;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      const int8_t *from = x + (i0 * p->in_step0 + i1 * p->in_step1);
      int8_t *to = y + (i0 * p->out_step0 + i1 * p->out_step1);
      for (i2 = 0; i2 < p->size2; ++i2, from += p->in_step2, to += p->out_step2)
        memcpy(to, from, (size_t)p->row_bytes);
    }
  }
}

#endif
