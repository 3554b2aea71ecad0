#ifndef TINYC_RUNTIME_CAST_ANY_H
#define TINYC_RUNTIME_CAST_ANY_H
/* Elements of one type as those of another. Integers wrap; a float is truncated and limited to the integers there are;
 * a truth value is whether the element is not 0. */

#include "lib/runtime/integer.h"

typedef struct {
  int32_t count, from, to; /* types by integer.h */
} tinyc_cast_any_params;

TINYC_KERNEL int64_t tinyc_integer_of_f32(float x, int32_t type) {
  const int has_sign = (type & 1) == 0;
  const int32_t bits = (8 << (type >> 1)) - has_sign; /* of the magnitude: 7 to 64 */
  const float limit = 2.0f * (float)((uint64_t)1 << (bits - 1));
  if (type == TINYC_BOOL) return x != 0.0f;
  if (x != x) return 0;
  if (x >= limit) return (int64_t)(~(uint64_t)0 >> (64 - bits));
  if (x <= (has_sign ? -limit : 0.0f)) return has_sign ? (int64_t)(~(uint64_t)0 << bits) : 0;
  return bits == 64 ? (int64_t)(uint64_t)x : (int64_t)x;
}

TINYC_KERNEL float tinyc_f32_of_integer(int64_t x, int32_t type) {
  return type == TINYC_U64 ? (float)(uint64_t)x : (float)x;
}

TINYC_KERNEL void tinyc_cast_any(const tinyc_cast_any_params *p, const void *x, void *y) {
  int32_t i;
  for (i = 0; i < p->count; ++i) {
    if (p->from == TINYC_F32) {
      tinyc_store_integer(y, p->to, i, tinyc_integer_of_f32(((const float *)x)[i], p->to));
    } else if (p->to == TINYC_F32) {
      ((float *)y)[i] = tinyc_f32_of_integer(tinyc_load_integer(x, p->from, i), p->from);
    } else {
      tinyc_store_integer(y, p->to, i, tinyc_load_integer(x, p->from, i));
    }
  }
}

#endif
