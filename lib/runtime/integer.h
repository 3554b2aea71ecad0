#ifndef TINYC_RUNTIME_INTEGER_H
#define TINYC_RUNTIME_INTEGER_H
/* Elements of any type of integers as 64-bit words: sign-extended, or zero-extended if the type is unsigned. */

#include "lib/runtime/common.h"

#define TINYC_I8 0
#define TINYC_U8 1
#define TINYC_I16 2
#define TINYC_U16 3
#define TINYC_I32 4
#define TINYC_U32 5
#define TINYC_I64 6
#define TINYC_U64 7
#define TINYC_BOOL 8
#define TINYC_F32 9

TINYC_KERNEL int64_t tinyc_load_integer(const void *x, int32_t type, int32_t i) {
  switch (type) {
    case TINYC_I8: return ((const int8_t *)x)[i];
    case TINYC_I16: return ((const int16_t *)x)[i];
    case TINYC_U16: return ((const uint16_t *)x)[i];
    case TINYC_I32: return ((const int32_t *)x)[i];
    case TINYC_U32: return ((const uint32_t *)x)[i];
    case TINYC_I64: return ((const int64_t *)x)[i];
    case TINYC_U64: return (int64_t)((const uint64_t *)x)[i];
    default: return ((const uint8_t *)x)[i];
  }
}

/* The low bits of the word; as a truth value, whether it is not 0. */
TINYC_KERNEL void tinyc_store_integer(void *y, int32_t type, int32_t i, int64_t word) {
  switch (type) {
    case TINYC_I8: ((int8_t *)y)[i] = (int8_t)word; break;
    case TINYC_U8: ((uint8_t *)y)[i] = (uint8_t)word; break;
    case TINYC_I16: ((int16_t *)y)[i] = (int16_t)word; break;
    case TINYC_U16: ((uint16_t *)y)[i] = (uint16_t)word; break;
    case TINYC_I32: ((int32_t *)y)[i] = (int32_t)word; break;
    case TINYC_U32: ((uint32_t *)y)[i] = (uint32_t)word; break;
    case TINYC_I64: ((int64_t *)y)[i] = word; break;
    case TINYC_U64: ((uint64_t *)y)[i] = (uint64_t)word; break;
    default: ((uint8_t *)y)[i] = word != 0; break;
  }
}

/* Words of the type in their order: a is less than b where this is. */
TINYC_INLINE int64_t tinyc_integer_order(int64_t word, int32_t type) {
  return type == TINYC_U64 ? (int64_t)((uint64_t)word ^ ((uint64_t)1 << 63)) : word;
}

/* An index as a place along an axis: negative ones count from its end. One that is out of range, which has no
 * meaning, becomes the nearest place there is. */
TINYC_INLINE int32_t tinyc_place(int64_t index, int32_t size) {
  if (index < 0) index += size;
  if (index >= size) index = size - 1;
  return index < 0 ? 0 : (int32_t)index;
}

#endif
