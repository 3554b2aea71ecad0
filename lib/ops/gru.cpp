#include "lib/ops/recurrent.h"

namespace tinyc::ops {
namespace {

const RecurrentKind kind{.op = "gru", .gates = 3, .operands = 6, .states = 1, .activations = {"Sigmoid", "Tanh"}};

// Gates in the order update (z), reset (r), hidden: h = (1 - z) * candidate + z * h, where the reset gate scales h before
// the recurrent product, or that product with its bias when linear_before_reset is set.
Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  const auto hidden = static_cast<std::size_t>(s.hidden);
  const bool linear_before_reset = node.attributes.integer_or("linear_before_reset", 0) != 0;
  std::vector<float> recurrent(3 * hidden), reset(hidden), scaled(hidden);
  return evaluate_recurrent(node, kind, in, out, [](RecurrentLane&) {}, [&](RecurrentLane& lane, const std::vector<float>& gates) {
    const auto &f = lane.activations[0], &g = lane.activations[1];
    const auto bias = [&](std::size_t i) { return lane.bias ? lane.bias[3 * hidden + i] : 0.0f; };
    multiply(lane.r, lane.h, (linear_before_reset ? 3 : 2) * s.hidden, s.hidden, recurrent.data());
    for (std::size_t i = 0; i < hidden; ++i) {
      reset[i] = f(gates[hidden + i] + recurrent[hidden + i] + bias(hidden + i));
      scaled[i] = reset[i] * lane.h[i];
    }
    if (!linear_before_reset)
      multiply(lane.r + 2 * s.hidden * s.hidden, scaled.data(), s.hidden, s.hidden, recurrent.data() + 2 * hidden);
    for (std::size_t i = 0; i < hidden; ++i) {
      const float update = f(gates[i] + recurrent[i] + bias(i));
      const float inner = recurrent[2 * hidden + i] + bias(2 * hidden + i);
      const float candidate = g(gates[2 * hidden + i] + (linear_before_reset ? reset[i] * inner : inner));
      lane.h[i] = (1.0f - update) * candidate + update * lane.h[i];
    }
  });
}

Result<std::vector<Type>> infer(const NodeView& node) { return infer_recurrent(node, kind); }
Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  return lower_recurrent(node, kind, "linear_before_reset", 7);
}

Work work(const NodeView& node) { return recurrent_work(node, kind); }
Result<std::vector<ValueId>> import(ImportContext& context) { return import_recurrent(context, kind); }

}  // namespace

const OpDef& gru() {
  static const OpDef def{
      .name = "gru",
      .summary = "Gated recurrent unit over x[T,B,I] with ONNX's operands and gate order z, r, h; y[T,D,B,H] and the last state.",
      .onnx = {{"GRU", import}},
      .infer = infer,
      .eval_float = eval_float,
      .eval_int8 = recurrent_is_float,
      .work = work,
      .quantization = recurrent_is_float,
      .lower = recurrent_is_float,
      .lower_float = lower_float,
  };
  return def;
}

}  // namespace tinyc::ops
