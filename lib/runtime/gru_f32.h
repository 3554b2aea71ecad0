#ifndef TINYC_RUNTIME_GRU_F32_H
#define TINYC_RUNTIME_GRU_F32_H
/* Gated recurrent unit; gates in the order update, reset, hidden. Two functions: of the gates, of the candidate.
 * scratch: 7 * hidden floats. */

#include "lib/runtime/recurrent_f32.h"

typedef tinyc_recurrent_f32_params tinyc_gru_f32_params;

/* h' = (1 - update) * candidate + update * h, where reset scales h before its product with r or, in the variant, that
 * product with its bias. */
TINYC_INLINE void tinyc_gru_cell_f32(const tinyc_lane_f32 *lane) {
  const int32_t hidden = lane->p->hidden, gated = lane->p->variant ? 3 : 2;
  const float *const g = lane->gates, *const bias = lane->bias != NULL ? lane->bias + lane->rows : NULL;
  float *const r = lane->recurrent, *const scaled = r + lane->rows;
  int32_t i;
  tinyc_gate_product_f32(lane->r, bias, gated * hidden, hidden, lane->h, r);
  for (i = 0; i < hidden; ++i) {
    const float reset = tinyc_gate_f32(lane, 0, g[hidden + i] + r[hidden + i]);
    if (lane->p->variant) r[2 * hidden + i] *= reset;
    scaled[i] = reset * lane->h[i];
  }
  if (!lane->p->variant)
    tinyc_gate_product_f32(lane->r + 2 * hidden * hidden, bias != NULL ? bias + 2 * hidden : NULL, hidden, hidden, scaled,
                           r + 2 * hidden);
  for (i = 0; i < hidden; ++i) {
    const float update = tinyc_gate_f32(lane, 0, g[i] + r[i]);
    const float candidate = tinyc_gate_f32(lane, 1, g[2 * hidden + i] + r[2 * hidden + i]);
    lane->h[i] = (1.0f - update) * candidate + update * lane->h[i];
  }
}

TINYC_KERNEL void tinyc_gru_f32(const tinyc_gru_f32_params *p, const float *x, const float *w, const float *r,
                                const float *bias, const int32_t *lengths, const float *initial_h, float *y, float *y_h,
                                void *scratch) {
  tinyc_recurrent_data_f32 data;
  data.x = x;
  data.w = w;
  data.r = r;
  data.bias = bias;
  data.lengths = lengths;
  data.initial_h = initial_h;
  data.initial_c = NULL;
  data.peephole = NULL;
  data.y = y;
  data.y_h = y_h;
  data.y_c = NULL;
  data.scratch = (float *)scratch;
  tinyc_recurrent_f32(p, &data, 3, 2, tinyc_gru_cell_f32);
}

#endif
