#pragma once
// One node of the graph while it is exported, and the exports of families of operators.

#include "formats/onnx/exporter.h"

namespace tinyc::onnx_format {

struct NodeExport {
  Exporter& model;
  const NodeView& node;
  std::string_view op_type;  // of ONNX

  const Shape& shape(int operand) const { return node.operand(operand).shape; }
  int rank(int operand) const { return shape(operand).rank(); }
  ValueId id(int operand) const { return node.operand_ids[static_cast<std::size_t>(operand)]; }
  // The order of axes in which the operand is there already.
  Order order(int operand) const { return model.order_at_hand(id(operand)); }
  // A copy of an operand; "" where it is absent. Without an order: in its own.
  std::string operand(int i, const Order& order) const { return node.has(i) ? model.copy(id(i), order) : ""; }
  std::string operand(int i) const { return node.has(i) ? model.copy(id(i), identity_order(rank(i))) : ""; }
  Names operands() const;
  // A copy of an int8 operand whose scale is `factor` times what it is: what the arithmetic of the node amounts to. Others
  // as they are.
  std::string rescaled(int i, const Order& order, double factor) const;

  bool is_int8() const;  // all operands and the result, per tensor
  double scale(int operand) const { return node.operand(operand).quantization->scale.front(); }
  double result_scale() const { return node.result().quantization->scale.front(); }

  // ONNX nodes, named after this one.
  std::string emit(std::string_view type, const Names& inputs, const Attributes& attributes = {}) {
    return model.emit(type, node.name, inputs, attributes);
  }
  std::string integers(std::string_view what, const std::vector<std::int64_t>& values) {
    return model.initializer(name(what), Tensor::of(Shape{static_cast<std::int64_t>(values.size())}, values));
  }
  template <class T>
  std::string scalar(std::string_view what, T value) {
    return model.initializer(name(what), Tensor::scalar(value));
  }
  // A real number of the element type of operand 0.
  std::string number(std::string_view what, double value);
  std::string name(std::string_view what) const { return std::string(node.name) + "_" + std::string(what); }

  // The node's result is this tensor, bounded by clamp_low and clamp_high where these bound anything.
  Status define(std::string tensor, const Order& order, int result = 0);
  Status define(std::string tensor) { return define(std::move(tensor), identity_order(node.result().shape.rank())); }

  // The attributes other than the bounds, which have the same names and meanings in ONNX.
  Attributes attributes() const;
  Error unsupported(std::string_view why) const;

 private:
  std::string clamped(std::string tensor);
};

// What the 16 bits of a multiplier make of a ratio, as a factor of it. In int8 nodes only: 1 in others.
double mean_factor(const NodeExport& node, std::int64_t count);  // of the mean of so many elements of operand 0
double rounding_factor(double ratio);

using ExportFn = Status (*)(NodeExport&);
struct OnnxExport {
  std::string_view op;       // of the graph
  std::string_view op_type;  // of ONNX
  ExportFn run;
};

// nullptr: the operator has no form in ONNX, or none in opset written_opset.
const OnnxExport* find_onnx_export(std::string_view op);

// export_elementwise.cpp: operands that broadcast, in any order of axes.
Status export_elementwise(NodeExport& node);
Status export_sum(NodeExport& node);  // add and sub
Status export_mul(NodeExport& node);
Status export_clip(NodeExport& node);
Status export_cast(NodeExport& node);
Status export_gelu(NodeExport& node);
Status export_mish(NodeExport& node);
Status export_lookup_table(NodeExport& node);

// export_dense.cpp: convolutions, pools, products, recurrent operators.
Status export_conv2d(NodeExport& node);
Status export_conv2d_planar(NodeExport& node);
Status export_conv_transpose2d(NodeExport& node);
Status export_max_pool(NodeExport& node);
Status export_average_pool(NodeExport& node);
Status export_lp_pool(NodeExport& node);
Status export_fully_connected(NodeExport& node);
Status export_batch_norm(NodeExport& node);
Status export_recurrent(NodeExport& node);

// export_axes.cpp: operators along named axes.
Status export_along_axis(NodeExport& node);
Status export_concat(NodeExport& node);
Status export_reduction(NodeExport& node);
Status export_reduce_mean(NodeExport& node);
Status export_arg_extreme(NodeExport& node);
Status export_top_k(NodeExport& node);
Status export_cum_sum(NodeExport& node);

// export_movement.cpp: elements moved as they are.
Status export_transpose(NodeExport& node);
Status export_reshape(NodeExport& node);
Status export_slice(NodeExport& node);
Status export_pad(NodeExport& node);
Status export_tile(NodeExport& node);
Status export_expand(NodeExport& node);
Status export_resize(NodeExport& node);
Status export_one_hot(NodeExport& node);
Status export_trilu(NodeExport& node);
Status export_scatter(NodeExport& node);
// Operands in their own order of axes, attributes as they are.
Status export_as_it_is(NodeExport& node);

// export_normalization.cpp: what ONNX has in other forms.
Status export_take(NodeExport& node);
Status export_swish(NodeExport& node);
Status export_layer_norm(NodeExport& node);
Status export_local_response_norm(NodeExport& node);

// export_quantized.cpp
Status export_quantize(NodeExport& node);
Status export_requantize(NodeExport& node);
Status export_dequantize(NodeExport& node);
Status export_linear_quantization(NodeExport& node);

}  // namespace tinyc::onnx_format
