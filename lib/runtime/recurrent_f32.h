#ifndef TINYC_RUNTIME_RECURRENT_F32_H
#define TINYC_RUNTIME_RECURRENT_F32_H
/* What the recurrent kernels share: the order of directions, samples and steps, and the functions of the gates.
 *
 * x [steps][batch][inputs], w [directions][G * hidden][inputs], r [directions][G * hidden][hidden],
 * bias [directions][2 * G * hidden] (w's, then r's) or NULL, lengths [batch] or NULL, initial states
 * [directions][batch][hidden] or NULL; y [steps][directions][batch][hidden], states [directions][batch][hidden]. */

#include "lib/runtime/dense_f32.h"
#include "lib/runtime/math_f32.h"

typedef struct {
  int32_t steps, batch, inputs, hidden, directions;
  int32_t reverse;          /* the first direction runs backwards; the second one always does */
  int32_t variant;          /* LSTM: forget = 1 - input; GRU: the reset gate scales the product, not the state */
  float limit;              /* of what the functions see; infinite: none */
  const int32_t *functions; /* [directions][per kernel]: of the table in tinyc_gate_function_f32 */
  const float *alpha, *beta;
} tinyc_recurrent_f32_params;

/* One direction of one sample. */
typedef struct {
  const tinyc_recurrent_f32_params *p;
  int32_t rows; /* G * hidden */
  const float *w, *r, *bias, *peephole;
  const int32_t *functions;
  const float *alpha, *beta;
  float *h, *c;              /* states, updated in place */
  float *gates, *recurrent;  /* [rows] each */
} tinyc_lane_f32;

TINYC_NOINLINE float tinyc_gate_function_f32(int32_t function, float x, float alpha, float beta) {
  switch (function) {
    case 0: return alpha * x + beta;                           /* affine */
    case 1: return x < 0.0f ? alpha * expm1f(x) : x;           /* elu */
    case 2: return tinyc_clamp_f32(alpha * x + beta, 0.0f, 1.0f); /* hard sigmoid */
    case 3: return x < 0.0f ? alpha * x : x;                   /* leaky relu */
    case 4: return x < 0.0f ? 0.0f : x;                        /* relu */
    case 5: return alpha * tanhf(beta * x);                    /* scaled tanh */
    case 6: return 1.0f / (1.0f + expf(-x));                   /* sigmoid */
    case 7: return (x > 0.0f ? x : 0.0f) + log1pf(expf(-fabsf(x))); /* softplus */
    case 8: return x / (1.0f + fabsf(x));                       /* softsign */
    case 9: return tanhf(x);                                   /* tanh */
    default: return x > alpha ? x : 0.0f;                      /* thresholded relu */
  }
}

/* Function `which` of the kernel, its operand limited. */
TINYC_INLINE float tinyc_gate_f32(const tinyc_lane_f32 *lane, int32_t which, float x) {
  return tinyc_gate_function_f32(lane->functions[which], tinyc_clamp_f32(x, -lane->p->limit, lane->p->limit),
                                 lane->alpha[which], lane->beta[which]);
}

/* y = matrix [rows][columns] times x, plus the bias. */
TINYC_INLINE void tinyc_gate_product_f32(const float *matrix, const float *bias, int32_t rows, int32_t columns,
                                         const float *x, float *y) {
  tinyc_dense_f32 dense;
  dense.depth = columns;
  dense.channels = rows;
  dense.weights = matrix;
  dense.bias = bias;
  dense.clamp_low = -INFINITY;
  dense.clamp_high = INFINITY;
  tinyc_dense_1_f32(&dense, x, y);
}

TINYC_INLINE void tinyc_begin_state_f32(float *state, const float *initial, int32_t count) {
  int32_t i;
  for (i = 0; i < count; ++i) state[i] = initial != NULL ? initial[i] : 0.0f;
}

typedef struct {
  const float *x, *w, *r, *bias;
  const int32_t *lengths;
  const float *initial_h, *initial_c, *peephole;
  float *y, *y_h, *y_c; /* initial_c, peephole and y_c: NULL where the kernel has no cell */
  float *scratch;
} tinyc_recurrent_data_f32;

/* Runs `cell` once per step: gates hold w x plus their bias, and it updates h. */
TINYC_INLINE void tinyc_recurrent_f32(const tinyc_recurrent_f32_params *p, const tinyc_recurrent_data_f32 *data,
                                      int32_t gates, int32_t functions, void (*cell)(const tinyc_lane_f32 *lane)) {
  const int32_t hidden = p->hidden, rows = gates * hidden;
  tinyc_lane_f32 lane;
  int32_t d, b, i, k;
  lane.p = p;
  lane.rows = rows;
  lane.gates = data->scratch;
  lane.recurrent = data->scratch + rows;
  for (k = 0; k < p->steps * p->directions * p->batch * hidden; ++k) data->y[k] = 0.0f;
  tinyc_begin_state_f32(data->y_h, data->initial_h, p->directions * p->batch * hidden);
  if (data->y_c != NULL) tinyc_begin_state_f32(data->y_c, data->initial_c, p->directions * p->batch * hidden);
  for (d = 0; d < p->directions; ++d) {
    const int32_t backwards = d == 1 || p->reverse;
    lane.w = data->w + d * rows * p->inputs;
    lane.r = data->r + d * rows * hidden;
    lane.bias = data->bias != NULL ? data->bias + d * 2 * rows : NULL;
    lane.peephole = data->peephole != NULL ? data->peephole + d * 3 * hidden : NULL;
    lane.functions = p->functions + d * functions;
    lane.alpha = p->alpha + d * functions;
    lane.beta = p->beta + d * functions;
    for (b = 0; b < p->batch; ++b) {
      const int32_t state = (d * p->batch + b) * hidden;
      const int32_t length =
          data->lengths != NULL ? tinyc_min_i32(tinyc_max_i32(data->lengths[b], 0), p->steps) : p->steps;
      lane.h = data->y_h + state;
      lane.c = data->y_c != NULL ? data->y_c + state : NULL;
      for (i = 0; i < length; ++i) {
        const int32_t t = backwards ? length - 1 - i : i;
        float *const y = data->y + ((t * p->directions + d) * p->batch + b) * hidden;
        tinyc_gate_product_f32(lane.w, lane.bias, rows, p->inputs, data->x + (t * p->batch + b) * p->inputs, lane.gates);
        cell(&lane);
        for (k = 0; k < hidden; ++k) y[k] = lane.h[k];
      }
    }
  }
}

#endif
