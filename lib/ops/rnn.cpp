#include "lib/ops/recurrent.h"

namespace tinyc::ops {
namespace {

const RecurrentKind kind{.op = "rnn", .gates = 1, .operands = 6, .states = 1, .activations = {"Tanh"}};

// h = f(w x + r h + biases)
Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  std::vector<float> recurrent(static_cast<std::size_t>(s.hidden));
  return evaluate_recurrent(node, kind, in, out, [](RecurrentLane&) {}, [&](RecurrentLane& lane, const std::vector<float>& gates) {
    multiply(lane.r, lane.h, s.hidden, s.hidden, recurrent.data());
    for (std::size_t i = 0; i < recurrent.size(); ++i)
      lane.h[i] = lane.activations[0](gates[i] + recurrent[i] + (lane.bias ? lane.bias[recurrent.size() + i] : 0.0f));
  });
}

Result<std::vector<Type>> infer(const NodeView& node) { return infer_recurrent(node, kind); }
Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  return lower_recurrent(node, kind, "", 2);
}

Work work(const NodeView& node) { return recurrent_work(node, kind); }
Result<std::vector<ValueId>> import(ImportContext& context) { return import_recurrent(context, kind); }

}  // namespace

const OpDef& rnn() {
  static const OpDef def{
      .name = "rnn",
      .summary = "Plain recurrent layer over x[T,B,I] with ONNX's operands; y[T,D,B,H] and the last state.",
      .onnx = {{"RNN", import}},
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
