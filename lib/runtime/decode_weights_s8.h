#ifndef TINYC_RUNTIME_DECODE_WEIGHTS_S8_H
#define TINYC_RUNTIME_DECODE_WEIGHTS_S8_H
/* Weights stored in fewer bytes than they have, decoded a few output channels at a time.
 *
 * A table begins with its encoding and the number of channels to decode at a time. Behind them are the channels, each of
 * `depth` weights and of whole bytes, by encoding:
 *   0  two weights per byte, in [-8, 7], the first in the low nibble
 *   1  a bit per weight, the first in the lowest bit, says which are not zero; then a byte for each of those
 *   2  the same bits; then a nibble for each of those. */

#include "lib/runtime/common.h"

enum { tinyc_nibbles = 0, tinyc_bitmap = 1, tinyc_bitmap_of_nibbles = 2 };

/* Decodes `channels` channels from `from` on; returns the place behind them. */
TINYC_NOINLINE const int8_t *tinyc_decode_weights(const int8_t *from, int32_t encoding, int32_t channels, int32_t depth,
                                                  int8_t *to) {
  for (; channels > 0; --channels) {
    const int8_t *const map = from;
    int32_t k, second = 0;
    if (encoding != tinyc_nibbles) from += (depth + 7) >> 3;
    for (k = 0; k < depth; ++k) {
      int32_t value = 0;
      if (encoding == tinyc_nibbles || ((uint32_t)(uint8_t)map[k >> 3] >> (k & 7) & 1u) != 0) {
        if (encoding == tinyc_bitmap) {
          value = *from++;
        } else {
          value = (int32_t)(((uint32_t)(uint8_t)*from >> 4 * second & 15u) ^ 8u) - 8;
          from += second;
          second ^= 1;
        }
      }
      *to++ = (int8_t)value;
    }
    from += second;
  }
  return from;
}

#endif
