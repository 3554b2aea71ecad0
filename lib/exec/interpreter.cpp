#include "lib/exec/interpreter.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "lib/support/text.h"
#include "lib/support/threads.h"

namespace tinyc {
namespace {

// Activations alive at once beyond this are refused rather than left to the system's memory killer.
constexpr std::int64_t max_live_bytes = std::int64_t{2} << 30;

// The result of node `node` is freed after the last node that reads it.
struct Step {
  NodeView view;
  EvalFn eval;
  std::vector<ValueId> dead;  // activations nobody reads after this step
};

struct Program {
  std::vector<Step> steps;
  std::int64_t peak_bytes = 0;
};

bool runs_on_integers(const NodeView& node) {
  const auto quantized = [](const Value* value) {
    return value && !value->is_constant() && value->type().is_quantized();
  };
  return std::any_of(node.operands.begin(), node.operands.end(), quantized) ||
         std::any_of(node.results.begin(), node.results.end(), quantized);
}

Result<EvalFn> evaluation_of(const NodeView& node) {
  const bool integers = runs_on_integers(node);
  const Answer<EvalFn>& answer = integers ? node.op.eval_int8 : node.op.eval_float;
  if (!answer)
    return node.error("TC3010", std::string(node.op.name) + " has no " + (integers ? "int8" : "float") +
                                    " evaluation: " + std::string(answer.reason()));
  return *answer;
}

Result<Program> prepare(const Graph& graph) {
  Program program;
  std::vector<int> readers(graph.value_bound(), 0);
  for (const ValueId id : graph.values())
    readers[id.index] = static_cast<int>(graph.value(id).uses().size()) + (graph.is_output(id) ? 1 : 0);
  std::int64_t live = 0;
  const auto comes_alive = [&](ValueId id) {
    live += graph.value(id).type().bytes();
    program.peak_bytes = std::max(program.peak_bytes, live);
  };
  for (const ValueId id : graph.inputs()) comes_alive(id);

  std::vector<Diagnostic> blockers;
  for (const NodeId id : graph.nodes()) {
    Step step{view(graph, id), nullptr, {}};
    if (auto eval = evaluation_of(step.view); eval.ok()) step.eval = *eval;
    else blockers.insert(blockers.end(), eval.error().diagnostics().begin(), eval.error().diagnostics().end());
    for (const ValueId result : step.view.result_ids) comes_alive(result);
    const auto read = [&](ValueId value, int reads) {
      readers[value.index] -= reads;
      if (readers[value.index] > 0) return;
      step.dead.push_back(value);
      live -= graph.value(value).type().bytes();
    };
    for (const ValueId operand : step.view.operand_ids)
      if (operand.valid() && !graph.value(operand).is_constant()) read(operand, 1);
    for (const ValueId result : step.view.result_ids)
      if (readers[result.index] == 0) read(result, 0);
    program.steps.push_back(std::move(step));
  }
  if (!blockers.empty()) return Error(std::move(blockers));
  if (program.peak_bytes > max_live_bytes)
    return Error("TC8010", graph.name, "running the model needs " + with_thousands(program.peak_bytes) +
                                           " bytes of activations at once, the limit is " + with_thousands(max_live_bytes));
  return program;
}

// The results of a step, checked.
Result<std::vector<Tensor>> results_of(const NodeView& node, EvalFn eval, std::span<const Tensor* const> in) {
  std::vector<Tensor> out;
  for (const Value* result : node.results) out.emplace_back(result->type().dtype, result->type().shape);
  TINYC_TRY(eval(node, in, out));
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Type& type = node.result(static_cast<int>(i));
    TINYC_CHECK(out[i].dtype() == type.dtype && out[i].shape() == type.shape,
                "'" + std::string(node.name) + "' evaluates to the type of its result");
  }
  return out;
}

Result<std::vector<Tensor>> execute(const Graph& graph, const Program& program, std::span<const Tensor> inputs,
                                    const ValueObserver& observer) {
  TINYC_TRY(check_inputs(graph, inputs));
  std::vector<std::optional<Tensor>> values(graph.value_bound());
  const auto define = [&](ValueId id, Tensor tensor) {
    if (observer) observer(id, tensor);
    values[id.index] = std::move(tensor);
  };
  const auto tensor_of = [&](ValueId id) -> const Tensor* {
    if (!id.valid()) return nullptr;
    const Value& value = graph.value(id);
    return value.is_constant() ? &value.constant() : &values[id.index].value();
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) define(graph.inputs()[i], inputs[i]);
  for (const Step& step : program.steps) {
    std::vector<const Tensor*> in;
    for (const ValueId operand : step.view.operand_ids) in.push_back(tensor_of(operand));
    std::vector<Tensor> out = TINYC_TRY(results_of(step.view, step.eval, in));
    for (std::size_t i = 0; i < out.size(); ++i) define(step.view.result_ids[i], std::move(out[i]));
    for (const ValueId dead : step.dead) values[dead.index].reset();
  }
  std::vector<Tensor> outputs;
  for (const ValueId output : graph.outputs()) outputs.push_back(*tensor_of(output));
  return outputs;
}

std::int64_t thread_count(int wanted, const Program& program, std::int64_t samples) {
  std::int64_t threads = wanted > 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
  threads = std::min(threads, max_live_bytes / std::max<std::int64_t>(program.peak_bytes, 1));
  return std::clamp<std::int64_t>(std::min(threads, samples), 1, 256);
}

}  // namespace

Status check_inputs(const Graph& graph, std::span<const Tensor> inputs) {
  if (inputs.size() != graph.inputs().size())
    return Error("TC6010", graph.name, "the model has " + std::to_string(graph.inputs().size()) + " inputs, " +
                                           std::to_string(inputs.size()) + " were given");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Value& input = graph.value(graph.inputs()[i]);
    if (inputs[i].dtype() != input.type().dtype || inputs[i].shape() != input.type().shape)
      return Error("TC6011", input.name(),
                   "the input is " + std::string(to_string(input.type().dtype)) + input.type().shape.to_string() +
                       ", the data is " + std::string(to_string(inputs[i].dtype())) + inputs[i].shape().to_string());
  }
  return {};
}

Result<std::vector<Tensor>> evaluate_node(const NodeView& node, std::span<const Tensor* const> in) {
  return results_of(node, TINYC_TRY(evaluation_of(node)), in);
}

Result<std::vector<Tensor>> run(const Graph& graph, std::span<const Tensor> inputs, const ValueObserver& observer) {
  const Program program = TINYC_TRY(prepare(graph));
  return execute(graph, program, inputs, observer);
}

Result<std::vector<std::vector<Tensor>>> run_batch(const Graph& graph, const Dataset& data,
                                                   const BatchOptions& options) {
  const Program program = TINYC_TRY(prepare(graph));
  const std::int64_t total = data.size();
  std::vector<std::vector<Tensor>> results(static_cast<std::size_t>(total));
  std::atomic<std::int64_t> next{0};
  std::mutex mutex;  // guards everything below
  std::int64_t done = 0;
  std::int64_t failed = total;  // the lowest failing sample decides what is reported
  std::optional<Error> error;
  std::exception_ptr defect;

  const auto work = [&] {
    for (std::int64_t i = next++; i < total; i = next++) {
      std::optional<Error> sample_error;
      std::exception_ptr sample_defect;
      try {
        const ValueObserver observer = [&](ValueId id, const Tensor& tensor) { options.observer(i, id, tensor); };
        auto outputs = execute(graph, program, data.sample(i), options.observer ? observer : ValueObserver());
        if (outputs.ok()) results[static_cast<std::size_t>(i)] = std::move(*outputs);
        else sample_error = outputs.error();
      } catch (...) {
        sample_defect = std::current_exception();
      }
      const std::lock_guard lock(mutex);
      if ((sample_error || sample_defect) && i < failed) {
        failed = i;
        error = std::move(sample_error);
        defect = std::move(sample_defect);
      }
      if (failed < total) next = total;
      else if (options.progress) options.progress(++done, total);
    }
  };
  run_on_threads(static_cast<int>(thread_count(options.threads, program, total)), work);
  if (defect) std::rethrow_exception(defect);
  if (error) return *error;
  return results;
}

}  // namespace tinyc
