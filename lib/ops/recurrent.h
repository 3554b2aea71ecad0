#pragma once
// What LSTM, GRU and RNN share: operand sizes, activations, directions, sequence lengths, import.
//
// Operands, as in ONNX with layout 0: x[T,B,I], w[D,G*H,I], r[D,G*H,H], bias[D,2*G*H] (w's, then r's), lengths i32[B],
// initial_h[D,B,H], then per operator (LSTM: initial_c[D,B,H], peepholes[D,3*H]). Results: y[T,D,B,H], y_h[D,B,H] (LSTM: y_c).
// D is 2 for direction "bidirectional"; G is the number of gates.

#include <functional>

#include "lib/ops/import_util.h"

namespace tinyc::ops {

struct RecurrentSizes {
  std::int64_t steps, batch, inputs, hidden, directions, gates;
};

struct RecurrentKind {
  std::string_view op;                          // "lstm"
  std::int64_t gates;                           // 4, 3, 1
  int operands;                                 // the most there are
  int states;                                   // results beyond y: 2 for LSTM, else 1
  std::vector<std::string> activations;         // the defaults of one direction
};

// Checks every operand and yields [y, y_h, ...].
Result<std::vector<Type>> infer_recurrent(const NodeView& node, const RecurrentKind& kind);
Result<RecurrentSizes> recurrent_sizes(const NodeView& node, const RecurrentKind& kind);

// Reads the ONNX node: attributes checked, layout 1 turned into layout 0 by transposes.
Result<std::vector<ValueId>> import_recurrent(ImportContext& context, const RecurrentKind& kind);

// The activation functions of one direction, bounded by the attribute clip on their input.
using Activation = std::function<float(float)>;
std::vector<Activation> recurrent_activations(const NodeView& node, const RecurrentKind& kind, std::int64_t direction);

// One direction of one sample: the pointers of its weights and states.
struct RecurrentLane {
  std::int64_t direction, sample;
  const float* w;                 // [G*H, I]
  const float* r;                 // [G*H, H]
  const float* bias;              // [2*G*H] or nullptr
  std::vector<Activation> activations;
  float* h;                       // [H], the state, in and out
};

// Runs `step(lane, gates_of_x, h)` over the time steps of every lane in its direction and stores y and y_h. gates_of_x are
// w * x + bias of w, [G*H]; the step updates lane.h. `lane_begins` prepares further state of a lane (LSTM's c).
Status evaluate_recurrent(const NodeView& node, const RecurrentKind& kind, std::span<const Tensor* const> in,
                          std::span<Tensor> out, const std::function<void(RecurrentLane&)>& lane_begins,
                          const std::function<void(RecurrentLane&, const std::vector<float>&)>& step,
                          const std::function<void(const RecurrentLane&)>& lane_ends = {});

// y = matrix[rows, columns] * x
void multiply(const float* matrix, const float* x, std::int64_t rows, std::int64_t columns, float* y);

// The float kernel of the node. `variant` names the attribute that the kernel's field of that name holds; scratch memory is
// counted in floats per hidden unit.
Result<std::vector<KernelCall>> lower_recurrent(const NodeView& node, const RecurrentKind& kind, std::string_view variant,
                                                std::int64_t scratch_floats);

Work recurrent_work(const NodeView& node, const RecurrentKind& kind);

inline constexpr const char* recurrent_is_float = "recurrent operators run in float; integer kernels come later";

}  // namespace tinyc::ops
