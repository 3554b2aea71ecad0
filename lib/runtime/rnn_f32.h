#ifndef TINYC_RUNTIME_RNN_F32_H
#define TINYC_RUNTIME_RNN_F32_H
/* Plain recurrent layer: h' = f(w x + r h + biases). scratch: 2 * hidden floats. */

#include "lib/runtime/recurrent_f32.h"

typedef tinyc_recurrent_f32_params tinyc_rnn_f32_params;

TINYC_INLINE void tinyc_rnn_cell_f32(const tinyc_lane_f32 *lane) {
  const int32_t hidden = lane->p->hidden;
  int32_t i;
  tinyc_gate_product_f32(lane->r, lane->bias != NULL ? lane->bias + hidden : NULL, hidden, hidden, lane->h, lane->recurrent);
  for (i = 0; i < hidden; ++i) lane->h[i] = tinyc_gate_f32(lane, 0, lane->gates[i] + lane->recurrent[i]);
}

TINYC_KERNEL void tinyc_rnn_f32(const tinyc_rnn_f32_params *p, const float *x, const float *w, const float *r,
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
  tinyc_recurrent_f32(p, &data, 1, 1, tinyc_rnn_cell_f32);
}

#endif
