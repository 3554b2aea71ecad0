#ifndef TINYC_RUNTIME_MVE_REQUANTIZE_H
#define TINYC_RUNTIME_MVE_REQUANTIZE_H
/* tinyc_requantize and tinyc_clamp_s8 of eight sums at once. */

#include "lib/runtime/mve.h"

#if TINYC_MVE
/* Of sums in turns, even ones first; each result in the low byte of its lane. */
TINYC_INLINE int16x8_t tinyc_mve_requantize(int32x4_t even, int32x4_t odd, int32x4_t by_even, int32x4_t by_odd, int32_t left_shift,
                                            int32_t zero_point, int32_t low, int32_t high) {
  even = vrmulhq_s32(vshlq_r_s32(even, left_shift), by_even);
  odd = vrmulhq_s32(vshlq_r_s32(odd, left_shift), by_odd);
  __asm__("vqmovnb.s32 %q0, %q0\n\tvqmovnt.s32 %q0, %q1" : "+w"(even) : "w"(odd));
  return vminq_s16(vmaxq_s16(vqaddq_n_s16(vreinterpretq_s16_s32(even), (int16_t)zero_point), vdupq_n_s16((int16_t)low)),
                   vdupq_n_s16((int16_t)high));
}
#endif

#endif
