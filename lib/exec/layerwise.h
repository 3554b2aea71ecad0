#pragma once
// A graph evaluated node by node, each node for all samples before the next one: what fits a layer to the layers before it
// needs. Constants of nodes that have not been evaluated yet may change meanwhile, nothing else.

#include <optional>
#include <vector>

#include "lib/data/dataset.h"
#include "lib/ir/op_def.h"

namespace tinyc {

// Copies share the values computed so far and go on by themselves.
class LayerwiseRun {
 public:
  // The first `samples` samples; those of quantized inputs are stored as these store them. TC3010, TC6010, TC6011 as run().
  static Result<LayerwiseRun> start(const Graph& graph, const Dataset& data, std::int64_t samples, int threads);

  std::size_t samples() const { return values_.size(); }
  // The same run on another graph, of the same nodes and values.
  void continue_on(const Graph& graph) { graph_ = &graph; }
  // Evaluates what comes before the node, or everything.
  Status advance_to(NodeId node);
  Status finish() { return advance_to(NodeId{}); }
  // An input, or a result that some node not yet evaluated, or the model's user, reads.
  const Tensor& value(std::size_t sample, ValueId id) const;
  // The values of one output per sample; after finish().
  std::vector<Tensor> outputs(std::size_t output) const;

 private:
  LayerwiseRun(const Graph& graph, int threads) : graph_(&graph), threads_(threads) {}
  Status evaluate(NodeId node);
  void forget_after(NodeId node);

  const Graph* graph_;
  int threads_;
  std::size_t next_ = 0;                                        // position in the order of the nodes
  std::vector<int> readers_;                                    // left, by value index
  std::vector<std::vector<std::optional<Tensor>>> values_;  // by sample and value index
};

// How many samples of a graph's activations fit `bytes` of memory at once, kept layer by layer as above; at least 1.
std::int64_t samples_within(const Graph& graph, std::int64_t bytes);

}  // namespace tinyc
