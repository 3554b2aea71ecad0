#include "lib/exec/layerwise.h"

#include <algorithm>
#include <mutex>

#include "lib/exec/interpreter.h"
#include "lib/support/threads.h"

namespace tinyc {
namespace {

std::vector<int> count_readers(const Graph& graph) {
  std::vector<int> readers(graph.value_bound(), 0);
  for (const ValueId id : graph.values())
    readers[id.index] = static_cast<int>(graph.value(id).uses().size()) + (graph.is_output(id) ? 1 : 0);
  return readers;
}

}  // namespace

Result<LayerwiseRun> LayerwiseRun::start(const Graph& graph, const Dataset& data, std::int64_t samples, int threads) {
  LayerwiseRun run(graph, threads);
  run.readers_ = count_readers(graph);
  run.values_.resize(static_cast<std::size_t>(std::min(samples, data.size())));
  for (std::size_t i = 0; i < run.values_.size(); ++i) {
    std::vector<Tensor> inputs = data.sample(static_cast<std::int64_t>(i));
    for (std::size_t k = 0; k < inputs.size() && k < graph.inputs().size(); ++k) {
      const Type& type = graph.value(graph.inputs()[k]).type();
      if (type.is_quantized()) inputs[k] = stored_tensor(inputs[k], type);
    }
    TINYC_TRY(check_inputs(graph, inputs));
    run.values_[i].resize(graph.value_bound());
    for (std::size_t k = 0; k < inputs.size(); ++k) run.values_[i][graph.inputs()[k].index] = std::move(inputs[k]);
  }
  return run;
}

const Tensor& LayerwiseRun::value(std::size_t sample, ValueId id) const {
  const Value& value = graph_->value(id);
  if (value.is_constant()) return value.constant();
  TINYC_CHECK(values_[sample][id.index].has_value(), "'" + value.name() + "' is not alive here");
  return *values_[sample][id.index];
}

std::vector<Tensor> LayerwiseRun::outputs(std::size_t output) const {
  std::vector<Tensor> all;
  for (std::size_t i = 0; i < samples(); ++i) all.push_back(value(i, graph_->outputs()[output]));
  return all;
}

Status LayerwiseRun::advance_to(NodeId node) {
  const auto& order = graph_->nodes();
  for (; next_ < order.size() && order[next_] != node; ++next_) {
    TINYC_TRY(evaluate(order[next_]));
    forget_after(order[next_]);
  }
  return {};
}

Status LayerwiseRun::evaluate(NodeId id) {
  const NodeView node = view(*graph_, id);
  std::mutex mutex;
  std::optional<Error> error;
  for_each_piece(samples(), threads_, [&](std::size_t sample) {
    std::vector<const Tensor*> in;
    for (const ValueId operand : node.operand_ids) in.push_back(operand.valid() ? &value(sample, operand) : nullptr);
    auto out = evaluate_node(node, in);
    const std::lock_guard lock(mutex);
    if (!out.ok()) error = out.error();
    else for (std::size_t i = 0; i < out->size(); ++i) values_[sample][node.result_ids[i].index] = std::move((*out)[i]);
  });
  if (error) return *error;
  return {};
}

void LayerwiseRun::forget_after(NodeId id) {
  const Node& node = graph_->node(id);
  const auto read = [&](ValueId value, int reads) {
    readers_[value.index] -= reads;
    if (readers_[value.index] > 0) return;
    for (auto& sample : values_) sample[value.index].reset();
  };
  for (const ValueId operand : node.operands())
    if (operand.valid() && !graph_->value(operand).is_constant()) read(operand, 1);
  for (const ValueId result : node.results())
    if (readers_[result.index] == 0) read(result, 0);
}

std::int64_t samples_within(const Graph& graph, std::int64_t bytes) {
  std::vector<int> readers = count_readers(graph);
  std::int64_t live = 0, peak = 1;
  for (const ValueId id : graph.inputs()) live += graph.value(id).type().bytes();
  for (const NodeId id : graph.nodes()) {
    for (const ValueId result : graph.node(id).results()) live += graph.value(result).type().bytes();
    peak = std::max(peak, live);
    for (const ValueId operand : graph.node(id).operands())
      if (operand.valid() && !graph.value(operand).is_constant() && --readers[operand.index] == 0)
        live -= graph.value(operand).type().bytes();
  }
  return std::max<std::int64_t>(1, bytes / peak);
}

}  // namespace tinyc
