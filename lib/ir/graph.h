#pragma once
// The graph: values in SSA form with use lists, nodes in a topological order. Values and nodes are named
// by typed indices, never pointers, so that a copy of a graph is a clone (constants share storage) and
// prints and hashes the same everywhere. Only the mutators below touch use lists.

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/ir/attributes.h"
#include "lib/ir/tensor.h"
#include "lib/ir/type.h"

namespace tinyc {

struct OpDef;

template <class Tag>
struct Id {
  static constexpr std::uint32_t none_index = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t index = none_index;
  bool valid() const { return index != none_index; }
  auto operator<=>(const Id&) const = default;
};
using ValueId = Id<struct ValueTag>;
using NodeId = Id<struct NodeTag>;

// What has been done to a graph; the verifier has rules per stage, a pass names the stages it runs in.
enum class Stage : std::uint8_t { imported, canonical, calibrated, quantized, planned };
std::string_view to_string(Stage stage);
std::optional<Stage> parse_stage(std::string_view text);

struct Use {
  NodeId node;
  int operand = 0;
  auto operator<=>(const Use&) const = default;
};

class Value {
 public:
  const std::string& name() const { return name_; }
  const Type& type() const { return type_; }
  NodeId producer() const { return producer_; }  // invalid for graph inputs and constants
  int result_index() const { return result_index_; }
  const std::vector<Use>& uses() const { return uses_; }
  bool is_constant() const { return constant_.has_value(); }
  const Tensor& constant() const { return *constant_; }
  // The observed range of real values, set by calibration.
  struct Range { float low = 0, high = 0; bool operator==(const Range&) const = default; };
  const std::optional<Range>& range() const { return range_; }
  // The parameters that the imported model itself prescribes for this real value: i8 with an affine scale, weights i8
  // per channel, biases i32. The quantize pass takes them as they are.
  const std::optional<Quantization>& pinned() const { return pinned_; }

 private:
  friend class Graph;
  std::string name_;
  Type type_;
  NodeId producer_;
  int result_index_ = 0;
  std::vector<Use> uses_;
  std::optional<Tensor> constant_;
  std::optional<Range> range_;
  std::optional<Quantization> pinned_;
};

class Node {
 public:
  const OpDef& op() const { return *op_; }
  const std::string& name() const { return name_; }  // the node's own name in the user's file
  const Attributes& attributes() const { return attributes_; }
  const std::vector<ValueId>& operands() const { return operands_; }  // an absent optional one is invalid
  const std::vector<ValueId>& results() const { return results_; }

 private:
  friend class Graph;
  const OpDef* op_ = nullptr;
  std::string name_;
  Attributes attributes_;
  std::vector<ValueId> operands_;
  std::vector<ValueId> results_;
};

class Graph {
 public:
  std::string name;
  Stage stage = Stage::imported;
  // Facts that travel with the graph into every output (model hash, options); printed in key order.
  std::map<std::string, std::string> metadata;

  // --- reading
  const Value& value(ValueId id) const;
  const Node& node(NodeId id) const;
  const std::vector<NodeId>& nodes() const { return order_; }  // a topological order
  std::vector<ValueId> values() const;                         // the live ones, ascending
  const std::vector<ValueId>& inputs() const { return inputs_; }
  const std::vector<ValueId>& outputs() const { return outputs_; }
  bool is_input(ValueId id) const;
  bool is_output(ValueId id) const;
  std::optional<ValueId> find_value(std::string_view name) const;
  // One past the largest index ever handed out, for tables indexed by id.
  std::size_t value_bound() const { return values_.size(); }
  std::size_t node_bound() const { return nodes_.size(); }
  bool contains(ValueId id) const;
  bool contains(NodeId id) const;

  // --- building; names are made unique ("x", "x_1", ...)
  ValueId add_input(std::string_view name, Type type);
  ValueId add_constant(std::string_view name, Tensor tensor, std::optional<Quantization> quantization = {});
  // Appends a node, or inserts it before `before`. `result_names` may be empty: the node's name then serves.
  NodeId add_node(const OpDef& op, std::string_view name, std::vector<ValueId> operands, Attributes attributes,
                  std::vector<Type> result_types, std::vector<std::string> result_names = {},
                  NodeId before = {});
  void set_outputs(std::vector<ValueId> outputs);
  void remove_input(ValueId id);  // must be unused

  // --- changing
  void set_operand(NodeId node, int operand, ValueId value);
  void append_operand(NodeId node, ValueId value);
  void set_attributes(NodeId node, Attributes attributes);
  void set_op(NodeId node, const OpDef& op);
  void set_type(ValueId value, Type type);
  void set_constant(ValueId value, Tensor tensor, std::optional<Quantization> quantization = {});
  void set_range(ValueId value, std::optional<Value::Range> range);
  void set_pinned(ValueId value, std::optional<Quantization> quantization);
  void rename(ValueId value, std::string_view name);
  // Every use of `from`, and its place among the outputs, becomes `to`.
  void replace_uses(ValueId from, ValueId to);
  // The results must be unused and no outputs.
  void erase_node(NodeId node);
  // Removes constants without uses.
  void erase_unused_constants();
  // Kahn's algorithm, stable in the present order; false when there is a cycle.
  bool sort();

 private:
  std::string unique_name(std::string_view wanted) const;
  ValueId new_value(std::string_view name, Type type);
  void add_use(ValueId value, Use use);
  void remove_use(ValueId value, Use use);
  Value& mut(ValueId id);
  Node& mut(NodeId id);

  std::vector<std::optional<Value>> values_;
  std::vector<std::optional<Node>> nodes_;
  std::vector<NodeId> order_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
  std::map<std::string, ValueId, std::less<>> names_;
};

}  // namespace tinyc
