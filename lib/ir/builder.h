#pragma once
// Appends nodes with inferred types; what importers and passes use to make new nodes.

#include "lib/ir/op_def.h"

namespace tinyc {

class Builder {
 public:
  Builder(Graph& graph, OpTable ops) : graph_(graph), ops_(ops) {}

  // Nodes are appended, or inserted before this one once it is set.
  void insert_before(NodeId node) { before_ = node; }

  // The results of a new node; an Error when the operator refuses its operands.
  Result<std::vector<ValueId>> emit_all(std::string_view op, std::string_view name, std::vector<ValueId> operands,
                                        Attributes attributes = {});
  Result<ValueId> emit(std::string_view op, std::string_view name, std::vector<ValueId> operands,
                       Attributes attributes = {}) {
    return TINYC_TRY(emit_all(op, name, std::move(operands), std::move(attributes))).front();
  }
  Graph& graph() { return graph_; }

 private:
  Graph& graph_;
  OpTable ops_;
  NodeId before_;
};

// The result types of an operator for operands that are in the graph.
Result<std::vector<Type>> infer(const Graph& graph, const OpDef& op, std::string_view name,
                                const std::vector<ValueId>& operands, const Attributes& attributes);

}  // namespace tinyc
