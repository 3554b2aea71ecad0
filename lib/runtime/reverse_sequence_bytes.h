#ifndef TINYC_RUNTIME_REVERSE_SEQUENCE_BYTES_H
#define TINYC_RUNTIME_REVERSE_SEQUENCE_BYTES_H
/* Of each batch the first lengths[batch] steps in reverse, then the others; a step is a run of bytes. A length that is
 * out of range, which has no meaning, becomes the nearest there is. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t length_type, batches, steps, run_bytes;
  int32_t batch_step, time_step; /* bytes from one to the next */
} tinyc_reverse_sequence_bytes_params;

TINYC_KERNEL void tinyc_reverse_sequence_bytes(const tinyc_reverse_sequence_bytes_params *p,
                                               const void *TINYC_RESTRICT x, const void *lengths,
                                               void *TINYC_RESTRICT y) {
  int32_t b, t;
  for (b = 0; b < p->batches; ++b) {
    const int64_t wanted = tinyc_load_integer(lengths, p->length_type, b);
    const int32_t length = wanted < 0 ? 0 : wanted > p->steps ? p->steps : (int32_t)wanted;
    const int8_t *from = (const int8_t *)x + b * p->batch_step;
    int8_t *to = (int8_t *)y + b * p->batch_step;
    for (t = 0; t < p->steps; ++t)
      memcpy(to + t * p->time_step, from + (t < length ? length - 1 - t : t) * p->time_step, (size_t)p->run_bytes);
  }
}

#endif
