#ifndef TINYC_RUNTIME_PAD_BYTES_H
#define TINYC_RUNTIME_PAD_BYTES_H
/* y is `value` everywhere but in a box, which is a box of x. Elements of any type. */

#include "lib/runtime/common.h"

typedef struct {
  int32_t out_bytes, element_bytes;
  const void *value; /* one element; NULL: zero bytes */
  int32_t size0, size1, size2, row_bytes; /* of the box, outermost first */
  int32_t in_offset, in_step0, in_step1, in_step2;
  int32_t out_offset, out_step0, out_step1, out_step2;
} tinyc_pad_bytes_params;

TINYC_KERNEL void tinyc_pad_bytes(const tinyc_pad_bytes_params *p, const void *TINYC_RESTRICT x,
                                  void *TINYC_RESTRICT y) {
  const int8_t *in = (const int8_t *)x + p->in_offset;
  int8_t *out = (int8_t *)y;
  int32_t i0, i1, i2;
  if (p->value == NULL) {
    memset(y, 0, (size_t)p->out_bytes);
  } else {
    for (i0 = 0; i0 < p->out_bytes; i0 += p->element_bytes) memcpy(out + i0, p->value, (size_t)p->element_bytes);
  }
  out += p->out_offset;
  for (i0 = 0; i0 < p->size0; ++i0) {
    for (i1 = 0; i1 < p->size1; ++i1) {
      const int8_t *from = in + (i0 * p->in_step0 + i1 * p->in_step1);
      int8_t *to = out + (i0 * p->out_step0 + i1 * p->out_step1);
      for (i2 = 0; i2 < p->size2; ++i2, from += p->in_step2, to += p->out_step2)
        memcpy(to, from, (size_t)p->row_bytes);
    }
  }
}

#endif
