// The operators that exist in quantized graphs only.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "formats/onnx/export_node.h"
#include "lib/ir/builder.h"
#include "lib/ops/ops.h"

namespace tinyc::onnx_format {
namespace {

using Integers = std::vector<std::int64_t>;

struct Function {
  std::string_view op;
  Attributes attributes = {};
};

const std::vector<Function>& functions() {
  static const std::vector<Function> all{
      {"sigmoid"},  {"tanh"},       {"hard_swish"}, {"hard_sigmoid", {{"alpha", 1.0 / 6}, {"beta", 0.5}}},
      {"hard_sigmoid", {{"alpha", 0.2}, {"beta", 0.5}}}, {"gelu", {{"approximate", std::string("none")}}},
      {"gelu", {{"approximate", std::string("tanh")}}}, {"relu"}, {"leaky_relu", {{"alpha", 0.01}}},
      {"leaky_relu", {{"alpha", 0.1}}}, {"leaky_relu", {{"alpha", 0.2}}}, {"leaky_relu", {{"alpha", 0.3}}},
      {"elu", {{"alpha", 1.0}}}, {"selu", {{"alpha", 1.67326319217681884765625}, {"gamma", 1.05070102214813232421875}}},
      {"softplus"}, {"softsign"}, {"mish"}, {"swish"}, {"exp"}, {"log"}, {"sqrt"}, {"erf"}, {"abs"}, {"neg"}, {"reciprocal"},
      {"sin"}, {"cos"}, {"floor"}, {"ceil"}, {"round"}, {"sign"}};
  return all;
}

// Does the function, rounded by QuantizeLinear (halves to even), make every one of the 256 entries?
Result<bool> makes(const Function& function, const Tensor& table, const Quantization& from, const Quantization& to) {
  std::vector<float> reals;
  for (int stored = -128; stored < 128; ++stored)
    reals.push_back(static_cast<float>(static_cast<double>(from.scale.front()) * (stored - from.zero_point.front())));
  const Tensor x = Tensor::of(Shape{256}, reals);
  Graph scratch;
  Builder builder(scratch, all_ops());
  const ValueId input = scratch.add_input("x", Type{DType::f32, Shape{256}});
  const ValueId result = TINYC_TRY(builder.emit(function.op, "f", {input}, function.attributes));
  const NodeView node = view(scratch, scratch.value(result).producer());
  std::array<const Tensor*, 1> in{&x};
  std::array<Tensor, 1> out{Tensor(DType::f32, Shape{256})};
  TINYC_TRY((*node.op.eval_float)(node, in, out));
  for (std::size_t i = 0; i < 256; ++i) {
    const float steps = std::nearbyint(out[0].data<float>()[i] / to.scale.front());
    const float stored = std::clamp(steps + static_cast<float>(to.zero_point.front()), -128.0f, 127.0f);
    if (stored != static_cast<float>(table.data<std::int8_t>()[i])) return false;
  }
  return true;
}

}  // namespace

Status export_quantize(NodeExport& e) {
  const Order order = e.order(0);
  return e.define(e.operand(0, order), order);
}

Status export_requantize(NodeExport& e) {
  const Order order = e.order(0);
  return e.define(e.rescaled(0, order, e.is_int8() ? rounding_factor(e.scale(0) / e.result_scale()) : 1), order);
}

Status export_dequantize(NodeExport& e) {
  e.model.define_transposed(e.node.result_ids[0], e.id(0), identity_order(e.rank(0)));
  return {};
}

// Parameters that broadcast along all axes but one are a list along that one in ONNX.
Status export_linear_quantization(NodeExport& e) {
  Integers axes;
  for (int i = 1; i < 3; ++i)
    for (int axis = 0; axis < e.rank(i); ++axis)
      if (e.shape(i)[axis] != 1) axes.push_back(axis + e.rank(0) - e.rank(i));
  if (std::ranges::any_of(axes, [&](std::int64_t axis) { return axis != axes.front(); }))
    return e.unsupported("parameters along several axes");
  const Shape shape = axes.empty() ? Shape{} : Shape{e.shape(0)[static_cast<int>(axes.front())]};
  Names inputs{e.operand(0)};
  for (int i = 1; i < 3; ++i) {
    if (e.shape(i).elements() != shape.elements()) return e.unsupported("one parameter for many of the other kind");
    inputs.push_back(e.model.reshape(e.name(i == 1 ? "scale" : "zero_point"), e.operand(i), shape));
  }
  if (e.node.operand(0).dtype == DType::i32) inputs.pop_back();  // which ONNX wants without a zero point
  Attributes attributes;
  if (!axes.empty()) attributes.set("axis", axes.front());
  return e.define(e.emit(e.op_type, inputs, attributes));
}

// The function whose table it is, where it is a common one; else the table itself: Gather counts negative indices from
// the end, which is where the entries of negative stored values therefore are.
Status export_lookup_table(NodeExport& e) {
  const Tensor& table = *e.node.constant(1);
  const auto &from = e.node.operand(0).quantization, &to = e.node.result().quantization;
  const Order order = e.order(0);
  for (const Function& function : functions()) {
    if (!from || !to || !find_op(all_ops(), function.op) || !TINYC_TRY(makes(function, table, *from, *to))) continue;
    const OpDef& op = *find_op(all_ops(), function.op);
    const NodeView as_function{op, e.node.name, function.attributes, {e.node.operands[0]}, e.node.results,
                               {e.node.operand_ids[0]}, e.node.result_ids};
    const OnnxExport& known = *find_onnx_export(function.op);
    NodeExport node{e.model, as_function, known.op_type};
    return known.run(node);
  }
  Tensor rotated(DType::i8, Shape{256});
  for (std::size_t i = 0; i < 256; ++i) rotated.mutable_data<std::int8_t>()[i] = table.data<std::int8_t>()[(i + 128) % 256];
  const std::string stored = from ? e.model.stored(e.id(0)) : e.operand(0, order);
  const std::string index = e.emit("Cast", {stored}, {{"to", std::int64_t{onnx::TensorProto::INT32}}});
  const std::string result = e.emit("Gather", {e.model.initializer(e.name("table"), rotated), index});
  if (!to) return e.define(result, order);
  e.model.define_stored(e.node.result_ids[0], result, order);
  return {};
}

}  // namespace tinyc::onnx_format
