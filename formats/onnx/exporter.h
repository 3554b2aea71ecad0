#pragma once
// A graph on its way to ONNX: the model's nodes so far, and under which names and axes it has the graph's values.
//
// A value may be in the model several times. Its copies hold the same elements, with the axes in another order or with
// other axes of size 1; quantized ones as the real numbers that their stored integers stand for. A transpose of
// the graph, or a reshape that adds or removes axes of size 1, therefore is no node but a copy looked at in another
// way, and what a channels-first model computed channels-first is exported channels-first.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/proto.h"
#include "lib/ir/op_def.h"

namespace tinyc::onnx_format {

// Axis i of a copy is axis order[i] of the value.
using Order = std::vector<int>;
Order identity_order(int rank);
Shape permuted(const Shape& shape, const Order& order);
std::int64_t position(const Order& order, std::int64_t axis);
// Channels-last to channels-first: 0, rank - 1, 1, 2, ...
Order channels_first(int rank);

using Names = std::vector<std::string>;

class Exporter {
 public:
  explicit Exporter(const Graph& graph);

  const Graph& graph() const { return graph_; }

  // --- making nodes; names are made unique

  Names emit_all(std::string_view op_type, std::string_view name, const Names& inputs, const Attributes& attributes,
                 int outputs);
  std::string emit(std::string_view op_type, std::string_view name, const Names& inputs,
                   const Attributes& attributes = {}) {
    return emit_all(op_type, name, inputs, attributes, 1).front();
  }
  std::string reshape(std::string_view name, const std::string& x, const Shape& shape);
  std::string initializer(std::string_view name, const Tensor& tensor);

  // --- values

  // The name of a copy with the axes in this order; makes one if there is none.
  std::string copy(ValueId value, const Order& order);
  // The order of the first copy made: free of charge.
  Order order_at_hand(ValueId value) const;
  // A copy for one reader of a quantized value, with these scales in place of its own where that can be.
  std::string rescaled(ValueId value, const Order& order, const std::vector<float>& scale);
  // A copy with the elements in the value's own order, under whatever shape.
  std::string elements(ValueId value);
  // The stored integers of a quantized value, in the order at hand.
  std::string stored(ValueId value);

  // `tensor` holds the real elements of `value`, in this order: quantizes them if the value is quantized.
  void define(ValueId value, const std::string& tensor, const Order& order);
  // `tensor` holds the stored elements of `value`.
  void define_stored(ValueId value, const std::string& tensor, const Order& order);
  // `value` is the copies of `from` with its axes in the order `perm`, or with other axes of size 1.
  void define_transposed(ValueId value, ValueId from, const Order& perm);
  void define_squeezed(ValueId value, ValueId from);

  // The finished graph: inputs, outputs, nodes, initializers. Once.
  onnx::GraphProto finish();

 private:
  struct Copy {
    std::string real;
    std::string stored;  // empty: only the real numbers are there
    Shape shape;
    Order order;         // its axes of size 1 may be others than in shape
  };

  std::string fresh(std::string_view wanted);
  std::string result_name(ValueId value, bool as_it_is);
  bool same_elements(const Copy& copy, ValueId value, const Order& order) const;
  void rename_output(const std::string& from, const std::string& to);
  std::string constant_copy(ValueId value, const Order& order);
  std::string stored_constant(ValueId value, const Order& order);
  // Between real and stored elements of a value: QuantizeLinear, DequantizeLinear.
  std::string convert(std::string_view op_type, const std::string& tensor, ValueId value, const Order& order);
  std::string convert(std::string_view op_type, const std::string& tensor, ValueId value, const Order& order,
                      Names parameters);
  const Names& parameters(ValueId value);
  Names new_parameters(const Value& value, const Quantization& quantization);
  std::vector<Copy>& copies(ValueId value) { return copies_[value.index]; }
  const std::vector<Copy>& copies(ValueId value) const { return copies_[value.index]; }

  const Graph& graph_;
  onnx::GraphProto proto_;
  std::vector<std::vector<Copy>> copies_;  // by value index
  std::map<ValueId, Names> parameters_;    // of quantized values: the scale and, unless it may be left out, the zero point
  std::set<std::string, std::less<>> names_;       // of tensors
  std::set<std::string, std::less<>> node_names_;
  std::set<std::string, std::less<>> open_outputs_;  // names of outputs that no node defines yet
};

}  // namespace tinyc::onnx_format
