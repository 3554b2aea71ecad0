#pragma once
// Which values of a graph are functions, element by element, of one other value.

#include <vector>

#include "lib/ir/builder.h"

namespace tinyc {

// Element-wise nodes whose other operands are constant numbers, up to max_steps of them taken together. It describes the graph it was made of,
// until that changes.
class Functions {
 public:
  static constexpr int max_steps = 64;
  explicit Functions(const Graph& graph);

  // The real value that this one is a function of; itself when it is none, and for a reader when it has prescribed
  // parameters, which round it.
  ValueId source(ValueId value) const { return source_[value.index]; }
  ValueId read_source(ValueId value) const { return graph_.value(value).pinned() ? value : source(value); }

  // Whether something other than steps of functions of the same source reads the value, or it is an output of the
  // graph.
  bool is_read(ValueId value) const { return graph_.is_output(value) || !readers(value).empty(); }
  std::vector<Use> readers(ValueId value) const;

  // The nodes that compute the value from its source, in order.
  std::vector<NodeId> steps(ValueId value) const;
  // The same as a graph from one f32[256], "x", to the value.
  Result<Graph> body(ValueId value, OpTable ops) const;

 private:
  bool is_number(ValueId id) const;
  ValueId source_of_result(const Node& node) const;
  int steps_of_result(const Node& node) const;

  const Graph& graph_;
  std::vector<ValueId> source_;          // by value index
  std::vector<int> steps_;               // of a value's function, those on several ways counted as often
  std::vector<std::size_t> position_;    // by node index
};

}  // namespace tinyc
