#ifndef TINYC_RUNTIME_COMMON_F32_H
#define TINYC_RUNTIME_COMMON_F32_H
/* What kernels of single precision share. None of them computes in more. */

#include "lib/runtime/common.h"

/* value limited to [low, high], which may be infinite; what is not a number stays so. */
TINYC_INLINE float tinyc_clamp_f32(float value, float low, float high) {
  return value < low ? low : value > high ? high : value;
}

/* acc + a * b, fused where the core has an instruction for it. */
TINYC_INLINE float tinyc_madd_f32(float a, float b, float acc) {
#if defined(__ARM_FEATURE_FMA) && !defined(TINYC_PORTABLE)
  return __builtin_fmaf(a, b, acc);
#else
  return acc + a * b;
#endif
}

#endif
