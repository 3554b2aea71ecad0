#include "lib/train/network.h"

#include <algorithm>

namespace tinyc::train {
namespace {

void append(std::vector<Diagnostic>& list, const Error& error) {
  list.insert(list.end(), error.diagnostics().begin(), error.diagnostics().end());
}

// Which values the ends are computed from, themselves among them.
std::vector<bool> needed_values(const Graph& graph, const std::vector<ValueId>& ends) {
  std::vector<bool> needed(graph.value_bound(), false);
  for (const ValueId end : ends) needed[end.index] = true;
  const auto& nodes = graph.nodes();
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    const auto& results = graph.node(*node).results();
    if (std::none_of(results.begin(), results.end(), [&](ValueId id) { return needed[id.index]; })) continue;
    for (const ValueId operand : graph.node(*node).operands())
      if (operand.valid()) needed[operand.index] = true;
  }
  return needed;
}

void add_to(Tensor& sum, const Tensor& summand) {
  const auto from = summand.data<float>();
  const auto to = sum.mutable_data<float>();
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

}  // namespace

void Gradients::clear() {
  for (Tensor& tensor : parameters) std::ranges::fill(tensor.mutable_data<float>(), 0.0f);
  std::ranges::fill(ranges, RangeGradient{});
}

void Gradients::add(const Gradients& other) {
  for (std::size_t i = 0; i < parameters.size(); ++i) add_to(parameters[i], other.parameters[i]);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i].low += other.ranges[i].low;
    ranges[i].high += other.ranges[i].high;
  }
}

Result<Network> Network::make(const Graph& graph, std::vector<ValueId> parameters, std::vector<ValueId> ends) {
  Network network;
  network.graph_ = &graph;
  network.parameter_of_.assign(graph.value_bound(), -1);
  network.reached_.assign(graph.value_bound(), false);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    network.parameter_of_[parameters[i].index] = static_cast<int>(i);
    network.reached_[parameters[i].index] = true;
  }
  const std::vector<bool> needed = needed_values(graph, ends);
  network.values_ = graph.inputs();
  std::vector<Diagnostic> blockers;
  for (const NodeId id : graph.nodes()) {
    Step step{view(graph, id), nullptr, nullptr};
    const NodeView& node = step.view;
    if (std::none_of(node.result_ids.begin(), node.result_ids.end(), [&](ValueId r) { return needed[r.index]; })) continue;
    if (node.op.eval_float) step.eval = *node.op.eval_float;
    else append(blockers, node.error("TC3010", std::string(node.op.name) + " has no float evaluation: " + std::string(node.op.eval_float.reason())));
    const bool reached = std::any_of(node.operand_ids.begin(), node.operand_ids.end(),
                                     [&](ValueId operand) { return operand.valid() && network.reached_[operand.index]; });
    if (reached && node.op.gradient) step.gradient = *node.op.gradient;
    else if (reached)
      append(blockers, node.error("TC3070", std::string(node.op.name) + " cannot be trained through: " + std::string(node.op.gradient.reason()),
                                  "leave distillation out with --no-distill"));
    for (const ValueId result : node.result_ids) {
      network.reached_[result.index] = reached;
      network.values_.push_back(result);
    }
    network.steps_.push_back(std::move(step));
  }
  if (!blockers.empty()) return Error(std::move(blockers));
  network.parameters_ = std::move(parameters);
  network.ends_ = std::move(ends);
  return network;
}

Gradients Network::zero_gradients() const {
  Gradients gradients;
  for (const ValueId id : parameters_) gradients.parameters.emplace_back(DType::f32, graph_->value(id).type().shape);
  gradients.ranges.resize(graph_->value_bound());
  return gradients;
}

const Tensor* Network::held(const Trace& trace, std::span<const Tensor> values, ValueId id) const {
  if (!id.valid()) return nullptr;
  if (const int parameter = parameter_of_[id.index]; parameter >= 0) return &values[static_cast<std::size_t>(parameter)];
  const Value& value = graph_->value(id);
  return value.is_constant() ? &value.constant() : &*trace.held[id.index];
}

Result<std::vector<Tensor>> Network::evaluate(std::span<const Tensor> inputs, std::span<const Tensor> values,
                                              std::span<const std::optional<Value::Range>> ranges, Trace* kept) const {
  Trace own;
  Trace& trace = kept ? *kept : own;
  trace.exact.assign(graph_->value_bound(), std::nullopt);
  trace.held.assign(graph_->value_bound(), std::nullopt);
  const auto define = [&](ValueId id, Tensor tensor) {
    const bool rounds = !ranges.empty() && ranges[id.index] && tensor.dtype() == DType::f32;
    trace.held[id.index] = rounds ? held_in(tensor, *ranges[id.index]) : tensor;
    trace.exact[id.index] = std::move(tensor);
  };
  TINYC_CHECK(inputs.size() == graph_->inputs().size(), "one tensor per input");
  for (std::size_t i = 0; i < inputs.size(); ++i) define(graph_->inputs()[i], inputs[i]);
  for (const Step& step : steps_) {
    std::vector<const Tensor*> in;
    for (const ValueId operand : step.view.operand_ids) in.push_back(held(trace, values, operand));
    std::vector<Tensor> out;
    for (const Value* result : step.view.results) out.emplace_back(result->type().dtype, result->type().shape);
    TINYC_TRY(step.eval(step.view, in, out));
    for (std::size_t i = 0; i < out.size(); ++i) define(step.view.result_ids[i], std::move(out[i]));
  }
  std::vector<Tensor> results;
  for (const ValueId end : ends_) results.push_back(*held(trace, values, end));
  return results;
}

Status Network::differentiate(const Trace& trace, std::span<const Tensor> values,
                              std::span<const std::optional<Value::Range>> ranges, std::span<const Tensor> end_gradients,
                              Gradients& gradients) const {
  std::vector<std::optional<Tensor>> by_value(graph_->value_bound());
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    auto& gradient = by_value[ends_[i].index];
    if (gradient) add_to(*gradient, end_gradients[i]);
    else gradient = end_gradients[i];
  }
  const auto gradient_of = [&](ValueId id) -> Tensor* {
    if (!id.valid() || !reached_[id.index]) return nullptr;
    if (const int parameter = parameter_of_[id.index]; parameter >= 0)
      return &gradients.parameters[static_cast<std::size_t>(parameter)];
    auto& gradient = by_value[id.index];
    if (!gradient) gradient.emplace(DType::f32, graph_->value(id).type().shape);
    return &*gradient;
  };
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    if (!step->gradient) continue;
    const NodeView& node = step->view;
    bool any = false;
    for (const ValueId id : node.result_ids) any = any || by_value[id.index];
    if (!any) continue;
    std::vector<const Tensor*> in, out, out_gradients;
    std::vector<Tensor*> in_gradients;
    for (const ValueId id : node.result_ids) {
      Tensor& gradient = *gradient_of(id);
      if (!ranges.empty() && ranges[id.index])
        through_rounding(*trace.exact[id.index], *ranges[id.index], gradient, gradients.ranges[id.index]);
      out.push_back(&*trace.exact[id.index]);
      out_gradients.push_back(&gradient);
    }
    for (const ValueId id : node.operand_ids) {
      in.push_back(held(trace, values, id));
      in_gradients.push_back(gradient_of(id));
    }
    TINYC_TRY(step->gradient(node, in, out, out_gradients, in_gradients));
    for (const ValueId id : node.result_ids) by_value[id.index].reset();
  }
  return {};
}

}  // namespace tinyc::train
