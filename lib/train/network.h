#pragma once
// A float graph as a function of some of its constants, the parameters: evaluates it, optionally as int8 would hold its
// values, and the derivatives of a loss by the parameters, in reverse.

#include <optional>
#include <span>
#include <vector>

#include "lib/ir/op_def.h"
#include "lib/train/fake_quantize.h"

namespace tinyc::train {

// One evaluation, kept for the way back. Indexed by value.
struct Trace {
  std::vector<std::optional<Tensor>> exact;  // as the operators computed them
  std::vector<std::optional<Tensor>> held;   // as their readers saw them: the same, or rounded
};

// Sums of derivatives.
struct Gradients {
  std::vector<Tensor> parameters;          // in the order of the network's
  std::vector<RangeGradient> ranges;       // by value

  void clear();
  void add(const Gradients& other);
};

class Network {
 public:
  // The values `ends` (float, computed) of a graph that outlives the network, as a function of the float constants
  // `parameters`. TC3070 names all operators between the two that have no derivative, TC3010 those without evaluation.
  static Result<Network> make(const Graph& graph, std::vector<ValueId> parameters, std::vector<ValueId> ends);

  const Graph& graph() const { return *graph_; }
  const std::vector<ValueId>& parameters() const { return parameters_; }
  const std::vector<ValueId>& ends() const { return ends_; }
  // The values that are computed, and the inputs of the graph.
  const std::vector<ValueId>& values() const { return values_; }
  Gradients zero_gradients() const;

  // The ends for one sample. `values` are the parameters to use. `ranges`, by value index, are those that int8 activations
  // cover; empty, or without a range: the value stays as it is. `trace` may be null.
  Result<std::vector<Tensor>> evaluate(std::span<const Tensor> inputs, std::span<const Tensor> values,
                                       std::span<const std::optional<Value::Range>> ranges, Trace* trace) const;

  // Adds to `gradients` the derivatives of a loss whose derivatives by the ends are `end_gradients`.
  Status differentiate(const Trace& trace, std::span<const Tensor> values,
                       std::span<const std::optional<Value::Range>> ranges, std::span<const Tensor> end_gradients,
                       Gradients& gradients) const;

 private:
  struct Step {
    NodeView view;
    EvalFn eval;
    GradientFn gradient;  // nullptr: no parameter comes before it
  };

  const Tensor* held(const Trace& trace, std::span<const Tensor> values, ValueId id) const;

  const Graph* graph_ = nullptr;
  std::vector<ValueId> parameters_, ends_, values_;
  std::vector<int> parameter_of_;  // by value index; -1: not one
  std::vector<bool> reached_;      // by value index: depends on a parameter
  std::vector<Step> steps_;
};

}  // namespace tinyc::train
