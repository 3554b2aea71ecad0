#include <algorithm>
#include <cmath>

#include "formats/onnx/export_node.h"
#include "formats/onnx/write_proto.h"
#include "lib/quant/add_params.h"
#include "lib/quant/clamp.h"

namespace tinyc::onnx_format {
namespace {

// The order at hand of the largest operand that has all axes of the result.
Order common_order(const NodeExport& e) {
  const int rank = e.node.result().shape.rank();
  Order order = identity_order(rank);
  std::int64_t most = -1;
  for (int i = 0; i < e.node.operand_count(); ++i)
    if (!e.node.constant(i) && e.rank(i) == rank && e.shape(i).elements() > most) {
      most = e.shape(i).elements();
      order = e.order(i);
    }
  return order;
}

// An operand that broadcasts with others whose axes are in this order; an int8 one with `factor` times its scale.
std::string aligned(NodeExport& e, int i, const Order& order, double factor = 1) {
  const int missing = static_cast<int>(order.size()) - e.rank(i);
  Order own;
  std::vector<std::int64_t> sizes;
  for (const int axis : order) {
    if (axis >= missing) own.push_back(axis - missing);
    sizes.push_back(axis >= missing ? e.shape(i)[axis - missing] : 1);
  }
  const std::string tensor = e.rescaled(i, own, factor);
  if (missing == 0 || e.rank(i) == 0 || order == identity_order(static_cast<int>(order.size()))) return tensor;
  return e.model.reshape(e.name("Reshape"), tensor, Shape(sizes));
}

}  // namespace

Status export_elementwise(NodeExport& e) {
  const Order order = common_order(e);
  Names inputs;
  for (int i = 0; i < e.node.operand_count(); ++i) inputs.push_back(aligned(e, i, order));
  return e.define(e.emit(e.op_type, inputs, e.attributes()), order);
}

Status export_sum(NodeExport& e) {
  if (!e.is_int8()) return export_elementwise(e);
  const Order order = common_order(e);
  const auto parameters = [&](int i) { return *e.node.operand(i).quantization; };
  const AddParams sum = make_add_params(parameters(0), parameters(1), *e.node.result().quantization);
  // Sums lie on a coarse grid, where halves are frequent. tinyc rounds them up, QuantizeLinear to the even neighbour; where
  // no result is negative, a little more than float32 resolves makes it up for both.
  const Quantization& result = *e.node.result().quantization;
  const bool positive = clamp_bounds(e.node.attributes, result).low >= result.zero_point.front();
  const double step = std::ldexp(e.result_scale(), -sum.shift) * (positive ? 1 + 0x1p-21 : 1);
  const auto factor = [&](int i, std::int32_t multiplier) { return multiplier == 0 ? 1 : multiplier * step / e.scale(i); };
  const Names inputs{aligned(e, 0, order, factor(0, sum.multiplier_a)), aligned(e, 1, order, factor(1, sum.multiplier_b))};
  return e.define(e.emit(e.op_type, inputs), order);
}

Status export_mul(NodeExport& e) {
  const Order order = common_order(e);
  const double factor = e.is_int8() ? rounding_factor(e.scale(0) * e.scale(1) / e.result_scale()) : 1;
  return e.define(e.emit("Mul", {aligned(e, 0, order, factor), aligned(e, 1, order)}), order);
}

Status export_clip(NodeExport& e) {
  const Order order = e.order(0);
  const std::string x = e.operand(0, order);
  const bool bounded = e.node.attributes.has("clamp_low") || e.node.attributes.has("clamp_high");
  return e.define(bounded || e.node.result().is_quantized() ? x : e.emit("Identity", {x}), order);
}

Status export_cast(NodeExport& e) {
  const Order order = e.order(0);
  const std::int64_t to = data_type_of(e.node.result().dtype);
  return e.define(e.emit("Cast", {e.operand(0, order)}, {{"to", to}}), order);
}

// x / 2 * (1 + erf(x / sqrt(2))), or its approximation x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).
Status export_gelu(NodeExport& e) {
  const Order order = e.order(0);
  const std::string x = e.operand(0, order);
  std::string inner;
  if (e.node.attributes.text("approximate") == "tanh") {
    const std::string cube = e.emit("Mul", {e.emit("Mul", {x, x}), x});
    const std::string sum = e.emit("Add", {x, e.emit("Mul", {cube, e.number("cube_factor", 0.044715)})});
    inner = e.emit("Tanh", {e.emit("Mul", {sum, e.number("factor", std::sqrt(2 / 3.14159265358979323846))})});
  } else {
    inner = e.emit("Erf", {e.emit("Mul", {x, e.number("factor", std::sqrt(0.5))})});
  }
  const std::string share = e.emit("Add", {inner, e.number("one", 1)});
  return e.define(e.emit("Mul", {e.emit("Mul", {x, e.number("half", 0.5)}), share}), order);
}

Status export_mish(NodeExport& e) {
  const Order order = e.order(0);
  const std::string x = e.operand(0, order);
  return e.define(e.emit("Mul", {x, e.emit("Tanh", {e.emit("Softplus", {x})})}), order);
}

}  // namespace tinyc::onnx_format
