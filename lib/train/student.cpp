#include "lib/train/student.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "lib/quant/observer.h"
#include "lib/train/parallel.h"

namespace tinyc::train {
namespace {

std::optional<QuantRule> rule_of(const NodeView& node) {
  if (!node.op.quantization) return std::nullopt;
  return (*node.op.quantization)(node);
}

Value::Range range_of(const Quantization& quantization) {
  const float scale = quantization.scale.front();
  const auto zero_point = static_cast<float>(quantization.zero_point.front());
  return {scale * (-128 - zero_point), scale * (127 - zero_point)};
}

using Observers = std::vector<std::unique_ptr<Observer>>;  // by value index

Result<std::vector<Value::Range>> observe(const Network& network, const std::vector<Tensor>& parameters,
                                          const std::vector<std::vector<Tensor>>& samples, const std::vector<ValueId>& wanted,
                                          const ObserverMethod& method, const std::vector<Value::Range>& extremes, int threads) {
  const auto make = [&] {
    Observers observers(extremes.size());
    for (const ValueId id : wanted) observers[id.index] = method.make(extremes[id.index]);
    return observers;
  };
  Observers all = make();
  std::mutex mutex;
  TINYC_TRY(for_each_piece(static_cast<std::int64_t>(samples.size()), threads, [&](std::int64_t i) -> Status {
    Trace trace;
    TINYC_TRY(network.evaluate(samples[static_cast<std::size_t>(i)], parameters, {}, &trace));
    const Observers own = make();
    for (const ValueId id : wanted) own[id.index]->observe(trace.exact[id.index]->data<float>());
    const std::lock_guard lock(mutex);
    for (const ValueId id : wanted) all[id.index]->merge(*own[id.index]);
    return {};
  }));
  std::vector<Value::Range> ranges(extremes.size());
  for (const ValueId id : wanted) ranges[id.index] = all[id.index]->range();
  return ranges;
}

}  // namespace

std::vector<Parameter> learning_parameters(const Graph& graph) {
  std::vector<Parameter> found;
  std::vector<int> uses(graph.value_bound(), 0);
  const auto take = [&](const NodeView& node, int operand, Parameter parameter) {
    if (operand < 0 || !node.constant(operand) || node.operand(operand).dtype != DType::f32) return;
    parameter.value = node.operand_ids[static_cast<std::size_t>(operand)];
    if (uses[parameter.value.index]++ == 0) found.push_back(parameter);
  };
  for (const NodeId id : graph.nodes()) {
    const NodeView node = view(graph, id);
    const auto rule = rule_of(node);
    if (!rule) continue;
    const bool depthwise = node.op.name == "conv2d" && node.has(1) && node.operand(1).shape[3] == 1 && node.operand(0).shape[3] > 1;
    take(node, rule->weight, {{}, true, rule->weight_axis, depthwise});
    take(node, rule->bias, {});
  }
  std::erase_if(found, [&](const Parameter& parameter) {
    return uses[parameter.value.index] != static_cast<int>(graph.value(parameter.value).uses().size()) ||
           graph.is_output(parameter.value);
  });
  return found;
}

std::vector<bool> zeros_of(const Tensor& tensor) {
  std::vector<bool> zeros;
  for (const float value : tensor.data<float>()) zeros.push_back(value == 0);
  return zeros;
}

double mean_magnitude(const Tensor& tensor) {
  double sum = 0;
  std::int64_t count = 0;
  for (const float value : tensor.data<float>()) {
    sum += std::fabs(static_cast<double>(value));
    count += value != 0;
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

Result<Ranges> observe_ranges(const Network& network, const std::vector<Tensor>& parameters,
                              const std::vector<std::vector<Tensor>>& samples, int threads) {
  const Graph& graph = network.graph();
  Ranges ranges;
  ranges.values.resize(graph.value_bound());
  for (const ValueId id : network.values()) {
    const Value& value = graph.value(id);
    if (value.type().dtype != DType::f32) continue;
    if (!value.producer().valid()) {
      ranges.learning.push_back(id);
      continue;
    }
    const auto rule = rule_of(view(graph, value.producer()));
    if (rule && rule->result == QuantRule::Result::calibrated) ranges.learning.push_back(id);
    if (rule && rule->result == QuantRule::Result::fixed) ranges.values[id.index] = range_of(*rule->fixed);
  }
  std::vector<Value::Range> found(graph.value_bound());
  for (const ObserverMethod* method : {&min_max_method(), &squared_error_method()})
    found = TINYC_TRY(observe(network, parameters, samples, ranges.learning, *method, found, threads));
  for (const ValueId id : ranges.learning) ranges.values[id.index] = found[id.index];
  return ranges;
}

}  // namespace tinyc::train
