#include <algorithm>

#include "lib/ops/recurrent.h"

namespace tinyc::ops {
namespace {

const RecurrentKind kind{.op = "lstm", .gates = 4, .operands = 8, .states = 2, .activations = {"Sigmoid", "Tanh", "Tanh"}};

Result<std::vector<Type>> infer(const NodeView& node) {
  const auto types = TINYC_TRY(infer_recurrent(node, kind));
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  if (node.has(6) && node.operand(6) != types[1])
    return node.error("TC4011", "initial_c is " + node.operand(6).to_string() + " where " + types[1].to_string() + " is needed");
  if (node.has(7) && node.operand(7) != Type{DType::f32, Shape{s.directions, 3 * s.hidden}})
    return node.error("TC4011", "the peephole weights are " + node.operand(7).to_string());
  return types;
}

// Gates in the order input (i), output (o), forget (f), cell (c):
// c' = f * c + i * g(cell), h = o * h(c'); the peepholes see c (i, f) and c' (o). input_forget couples f = 1 - i.
Status eval_float(const NodeView& node, std::span<const Tensor* const> in, std::span<Tensor> out) {
  const RecurrentSizes s = TINYC_TRY(recurrent_sizes(node, kind));
  const auto hidden = static_cast<std::size_t>(s.hidden);
  const bool coupled = node.attributes.integer_or("input_forget", 0) != 0;
  std::vector<float> recurrent(4 * hidden), c(hidden);
  const auto y_c = out[2].mutable_data<float>();
  const auto state_at = [&](const RecurrentLane& lane) { return (lane.direction * s.batch + lane.sample) * s.hidden; };
  const auto begin = [&](RecurrentLane& lane) {
    std::fill(c.begin(), c.end(), 0.0f);
    if (node.has(6)) std::copy_n(in[6]->data<float>().data() + state_at(lane), s.hidden, c.begin());
  };
  const auto end = [&](const RecurrentLane& lane) { std::copy(c.begin(), c.end(), y_c.begin() + state_at(lane)); };
  const auto step = [&](RecurrentLane& lane, const std::vector<float>& gates) {
    const float* peephole = node.has(7) ? in[7]->data<float>().data() + lane.direction * 3 * s.hidden : nullptr;
    const auto seen = [&](std::size_t gate, std::size_t i, float cell) { return peephole ? peephole[gate * hidden + i] * cell : 0.0f; };
    multiply(lane.r, lane.h, 4 * s.hidden, s.hidden, recurrent.data());
    const auto sum = [&](std::size_t at) { return gates[at] + recurrent[at] + (lane.bias ? lane.bias[4 * hidden + at] : 0.0f); };
    for (std::size_t i = 0; i < hidden; ++i) {
      const auto &f = lane.activations[0], &g = lane.activations[1], &h = lane.activations[2];
      const float input = f(sum(i) + seen(0, i, c[i]));
      const float forget = coupled ? 1.0f - input : f(sum(2 * hidden + i) + seen(2, i, c[i]));
      c[i] = forget * c[i] + input * g(sum(3 * hidden + i));
      lane.h[i] = f(sum(hidden + i) + seen(1, i, c[i])) * h(c[i]);
    }
  };
  return evaluate_recurrent(node, kind, in, out, begin, step, end);
}

Result<std::vector<KernelCall>> lower_float(const NodeView& node, const CoreFeatures&) {
  return lower_recurrent(node, kind, "input_forget", 8);
}

Work work(const NodeView& node) { return recurrent_work(node, kind); }
Result<std::vector<ValueId>> import(ImportContext& context) { return import_recurrent(context, kind); }

}  // namespace

const OpDef& lstm() {
  static const OpDef def{
      .name = "lstm",
      .summary = "Long short-term memory over x[T,B,I] with ONNX's operands and gate order i, o, f, c; y[T,D,B,H], the last "
                 "state and cell.",
      .onnx = {{"LSTM", import}},
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
