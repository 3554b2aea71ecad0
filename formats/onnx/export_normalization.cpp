#include <algorithm>

#include "formats/onnx/export_node.h"

namespace tinyc::onnx_format {

Status export_take(NodeExport& e) {
  const Order order = e.order(0);
  const std::int64_t axis = position(order, *normalize_axis(e.node.attributes.integer("axis"), e.rank(0)));
  const std::string indices = e.integers("indices", e.node.attributes.integers("indices"));
  return e.define(e.emit("Gather", {e.operand(0, order), indices}, {{"axis", axis}}), order);
}

Status export_swish(NodeExport& e) {
  const Order order = e.order(0);
  const std::string x = e.operand(0, order);
  return e.define(e.emit("Mul", {x, e.emit("Sigmoid", {x})}), order);
}

// ONNX LayerNormalization goes over the last axes only.
Status export_layer_norm(NodeExport& e) {
  const Attributes over{{"axes", e.node.attributes.integers("axes")}, {"keepdims", std::int64_t{1}}};
  if (e.node.attributes.integers("axes").empty()) return e.unsupported("a normalization over no axes");
  const std::string x = e.operand(0);
  const std::string centered = e.emit("Sub", {x, e.emit("ReduceMean", {x}, over)});
  const std::string variance = e.emit("ReduceMean", {e.emit("Mul", {centered, centered})}, over);
  const std::string raised = e.emit("Add", {variance, e.number("epsilon", e.node.attributes.real("epsilon"))});
  std::string y = e.emit("Div", {centered, e.emit("Sqrt", {raised})});
  if (e.node.has(1)) y = e.emit("Mul", {y, e.operand(1)});
  if (e.node.has(2)) y = e.emit("Add", {y, e.operand(2)});
  return e.define(std::move(y));
}

// ONNX's neighbours are along axis 1.
Status export_local_response_norm(NodeExport& e) {
  const int axis = *normalize_axis(e.node.attributes.integer("axis"), e.rank(0));
  if (e.rank(0) < 2) return e.unsupported("its operand has one axis only");
  Order order;
  for (int i = 0; i < e.rank(0); ++i)
    if (i != axis) order.push_back(i);
  order.insert(order.begin() + 1, axis);
  Attributes attributes = e.attributes();
  attributes.erase("axis");
  return e.define(e.emit("LRN", {e.operand(0, order)}, attributes), order);
}

}  // namespace tinyc::onnx_format
