#ifndef TINYC_RUNTIME_LSTM_F32_H
#define TINYC_RUNTIME_LSTM_F32_H
/* Long short-term memory; gates in the order input, output, forget, cell. Three functions: of the gates, of the cell's
 * input, of the cell. initial_c like initial_h, peephole [directions][3 * hidden] (input, output, forget) or NULL.
 * scratch: 8 * hidden floats. */

#include "lib/runtime/recurrent_f32.h"

typedef tinyc_recurrent_f32_params tinyc_lstm_f32_params;

/* c' = forget * c + input * g(cell), h = output * f(c'); the peepholes see c, the output's c'. */
TINYC_INLINE void tinyc_lstm_cell_f32(const tinyc_lane_f32 *lane) {
  const int32_t hidden = lane->p->hidden;
  const float *const see = lane->peephole, *const g = lane->gates, *const r = lane->recurrent;
  int32_t i;
  tinyc_gate_product_f32(lane->r, lane->bias != NULL ? lane->bias + lane->rows : NULL, lane->rows, hidden, lane->h,
                         lane->recurrent);
  for (i = 0; i < hidden; ++i) {
    const float cell = lane->c[i];
    float input = g[i] + r[i], output = g[hidden + i] + r[hidden + i], forget = g[2 * hidden + i] + r[2 * hidden + i];
    if (see != NULL) input += see[i] * cell;
    if (see != NULL) forget += see[2 * hidden + i] * cell;
    input = tinyc_gate_f32(lane, 0, input);
    forget = lane->p->variant ? 1.0f - input : tinyc_gate_f32(lane, 0, forget);
    lane->c[i] = forget * cell + input * tinyc_gate_f32(lane, 1, g[3 * hidden + i] + r[3 * hidden + i]);
    if (see != NULL) output += see[hidden + i] * lane->c[i];
    lane->h[i] = tinyc_gate_f32(lane, 0, output) * tinyc_gate_f32(lane, 2, lane->c[i]);
  }
}

TINYC_KERNEL void tinyc_lstm_f32(const tinyc_lstm_f32_params *p, const float *x, const float *w, const float *r,
                                 const float *bias, const int32_t *lengths, const float *initial_h,
                                 const float *initial_c, const float *peephole, float *y, float *y_h, float *y_c,
                                 void *scratch) {
  tinyc_recurrent_data_f32 data;
  data.x = x;
  data.w = w;
  data.r = r;
  data.bias = bias;
  data.lengths = lengths;
  data.initial_h = initial_h;
  data.initial_c = initial_c;
  data.peephole = peephole;
  data.y = y;
  data.y_h = y_h;
  data.y_c = y_c;
  data.scratch = (float *)scratch;
  tinyc_recurrent_f32(p, &data, 4, 3, tinyc_lstm_cell_f32);
}

#endif
