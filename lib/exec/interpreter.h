#pragma once
// The reference interpreter: evaluates a graph node by node, float or int8 as the types say. It never calls
// lib/runtime: the two are independent implementations, compared bit for bit.

#include <functional>
#include <span>
#include <vector>

#include "lib/data/dataset.h"
#include "lib/ir/op_def.h"
#include "lib/quant/affine.h"

namespace tinyc {

// Sees every value of a run, inputs included, as it is computed.
using ValueObserver = std::function<void(ValueId, const Tensor&)>;

// One tensor per graph output from one per graph input, of their exact types. TC3010 when an operator
// has no evaluation (its reason is in the message). Frees a value after its last use.
Result<std::vector<Tensor>> run(const Graph& graph, std::span<const Tensor> inputs,
                                const ValueObserver& observer = {});

// One node: its results from its operands (nullptr: absent). TC3010 when it has no evaluation.
Result<std::vector<Tensor>> evaluate_node(const NodeView& node, std::span<const Tensor* const> in);

// TC6010, TC6011 unless there is one tensor per graph input, of its type.
Status check_inputs(const Graph& graph, std::span<const Tensor> inputs);

struct BatchOptions {
  int threads = 0;  // 0: as many as cores. The result does not depend on it.
  std::function<void(std::int64_t done, std::int64_t total)> progress = {};
  // Sees every value of every sample, called by several threads at once, in no order.
  std::function<void(std::int64_t sample, ValueId, const Tensor&)> observer = {};
};
// Runs every sample of a dataset; result[i] are the outputs of sample i.
Result<std::vector<std::vector<Tensor>>> run_batch(const Graph& graph, const Dataset& data,
                                                   const BatchOptions& options = {});

}  // namespace tinyc
