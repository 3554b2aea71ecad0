#include <algorithm>

#include "formats/onnx/export_node.h"

namespace tinyc::onnx_format {
namespace {

using Integers = std::vector<std::int64_t>;

// The order of a result without some of the operand's axes.
Order without(const Order& order, const Integers& removed) {
  const auto is_removed = [&](std::int64_t axis) { return std::find(removed.begin(), removed.end(), axis) != removed.end(); };
  Order left;
  for (const int axis : order)
    if (!is_removed(axis))
      left.push_back(axis - static_cast<int>(std::count_if(removed.begin(), removed.end(), [&](std::int64_t a) { return a < axis; })));
  return left;
}

// The attribute `axis` as it is called with the axes of operand 0 in this order.
std::int64_t axis_in(const NodeExport& e, const Order& order) {
  return position(order, *normalize_axis(e.node.attributes.integer("axis"), e.rank(0)));
}

}  // namespace

Status export_along_axis(NodeExport& e) {
  const Order order = e.order(0);
  return e.define(e.emit(e.op_type, {e.operand(0, order)}, {{"axis", axis_in(e, order)}}), order);
}

Status export_concat(NodeExport& e) {
  Order order = identity_order(e.rank(0));
  for (int i = e.node.operand_count(); i-- > 0;)
    if (!e.node.constant(i)) order = e.order(i);
  Names inputs;
  for (int i = 0; i < e.node.operand_count(); ++i) inputs.push_back(e.operand(i, order));
  return e.define(e.emit("Concat", inputs, {{"axis", axis_in(e, order)}}), order);
}

namespace {

Status define_reduction(NodeExport& e, double factor) {
  const Order order = e.order(0);
  const std::int64_t keep = e.node.attributes.integer("keepdims");
  const Integers reduced = e.node.attributes.integers("axes");
  Integers axes;
  for (const std::int64_t axis : reduced) axes.push_back(position(order, axis));
  std::sort(axes.begin(), axes.end());
  Names inputs{e.rescaled(0, order, factor)};
  Attributes attributes{{"keepdims", keep}};
  if (axes.empty()) return e.unsupported("a reduction over no axes");
  if (e.op_type == "ReduceSum") inputs.push_back(e.integers("axes", axes));  // an operand from opset 13 on
  else attributes.set("axes", axes);
  return e.define(e.emit(e.op_type, inputs, attributes), keep ? order : without(order, reduced));
}

}  // namespace

Status export_reduction(NodeExport& e) { return define_reduction(e, 1); }

Status export_reduce_mean(NodeExport& e) {
  std::int64_t count = 1;
  for (const std::int64_t axis : e.node.attributes.integers("axes")) count *= e.shape(0)[static_cast<int>(axis)];
  return define_reduction(e, mean_factor(e, count));
}

Status export_arg_extreme(NodeExport& e) {
  const Order order = e.order(0);
  Attributes attributes = e.attributes();
  attributes.set("axis", axis_in(e, order));
  const Integers axis{*normalize_axis(e.node.attributes.integer("axis"), e.rank(0))};
  return e.define(e.emit(e.op_type, {e.operand(0, order)}, attributes),
                  e.node.attributes.integer("keepdims") ? order : without(order, axis));
}

Status export_top_k(NodeExport& e) {
  const Order order = e.order(0);
  const Names inputs{e.operand(0, order), e.integers("k", {e.node.attributes.integer("k")})};
  const Attributes attributes{{"axis", axis_in(e, order)}, {"largest", e.node.attributes.integer("largest")}};
  const Names results = e.model.emit_all("TopK", e.node.name, inputs, attributes, 2);
  TINYC_TRY(e.define(results[0], order, 0));
  return e.define(results[1], order, 1);
}

Status export_cum_sum(NodeExport& e) {
  const Order order = e.order(0);
  const Names inputs{e.operand(0, order), e.scalar("axis", axis_in(e, order))};
  Attributes attributes = e.attributes();
  attributes.erase("axis");
  return e.define(e.emit("CumSum", inputs, attributes), order);
}

}  // namespace tinyc::onnx_format
