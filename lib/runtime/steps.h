#ifndef TINYC_RUNTIME_STEPS_H
#define TINYC_RUNTIME_STEPS_H
/* A rising function with int8 results, as the 255 arguments at which it rises. */

#include "lib/runtime/common.h"

/* -128 plus the number of thresholds (255, ascending) that do not exceed the value. */
TINYC_INLINE int8_t tinyc_steps_s8(const int32_t *thresholds, int32_t value) {
  int32_t reached = 0, step;
  for (step = 128; step > 0; step >>= 1)
    if (thresholds[reached + step - 1] <= value) reached += step;
  return (int8_t)(reached - 128);
}

#endif
