#include <cmath>
#include <optional>

#include "formats/onnx/export_node.h"
#include "lib/ops/dense.h"
#include "lib/ops/window.h"

namespace tinyc::onnx_format {
namespace {

using Integers = std::vector<std::int64_t>;

const Order nchw{0, 3, 1, 2};  // of x[N,H,W,C], and of weights[O,H,W,I]

// strides, dilations and pads mean the same in ONNX.
Attributes window_attributes(const NodeExport& e, Integers kernel) {
  Attributes attributes{{"kernel_shape", std::move(kernel)}};
  for (const char* name : {"strides", "dilations", "pads"}) attributes.set(name, e.node.attributes.integers(name));
  return attributes;
}

Status define_pool(NodeExport& e, const std::string& x, const Attributes& attributes) {
  return e.define(e.emit(e.op_type, {x}, attributes), nchw);
}

Attributes pool_attributes(const NodeExport& e) { return window_attributes(e, e.node.attributes.integers("kernel")); }

// Weights and bias of an int8 layer with the scales that its requantization amounts to: those of the graph are the same
// but for the rounding of multipliers to 16 bits, which adds up over layers.
struct Scales {
  std::vector<float> weights, bias;
};

std::optional<Scales> effective_scales(const NodeExport& e) {
  if (!e.node.result().is_quantized() || !e.node.operand(0).is_quantized() || !e.node.constant(1)) return std::nullopt;
  const double x = e.node.operand(0).quantization->scale.front(), y = e.node.result().quantization->scale.front();
  Scales scales;
  for (const Requantizer& requantizer : ops::channel_requantizers(e.node, e.shape(1)[0])) {
    const double ratio = std::ldexp(requantizer.multiplier, requantizer.left_shift - 32);
    scales.weights.push_back(static_cast<float>(ratio * y / x));
    scales.bias.push_back(static_cast<float>(ratio * y));
    if (!(scales.weights.back() > 0) || !(scales.bias.back() > 0)) return std::nullopt;
  }
  if (e.node.operand(1).quantization->is_per_tensor()) return std::nullopt;
  return scales;
}

std::string weights(const NodeExport& e, const Order& order) {
  const auto scales = effective_scales(e);
  return scales ? e.model.rescaled(e.id(1), order, scales->weights) : e.operand(1, order);
}

Names with_bias(const NodeExport& e, Names inputs) {
  if (!e.node.has(2)) return inputs;
  const auto scales = effective_scales(e);
  const bool stored = scales && e.node.constant(2) && e.node.operand(2).is_quantized();
  inputs.push_back(stored ? e.model.rescaled(e.id(2), {0}, scales->bias) : e.operand(2));
  return inputs;
}

// Weights[O,H,W,C/groups] as ONNX's [C,O/groups,H,W]: for every group the first two axes change places.
std::string transposed_weights(NodeExport& e, std::int64_t groups) {
  if (groups == 1) return weights(e, {3, 0, 1, 2});
  const Shape& w = e.shape(1);
  const std::string split = e.model.reshape(e.name("weight_groups"), weights(e, nchw), {groups, w[0] / groups, w[3], w[1], w[2]});
  const std::string moved = e.emit("Transpose", {split}, {{"perm", Integers{0, 2, 1, 3, 4}}});
  return e.model.reshape(e.name("weights"), moved, {groups * w[3], w[0] / groups, w[1], w[2]});
}

}  // namespace

namespace {

Status define_conv(NodeExport& e, const Order& order) {
  const Shape& w = e.shape(1);
  Attributes attributes = window_attributes(e, {w[1], w[2]});
  attributes.set("group", e.node.attributes.integer_or("groups", 1));
  return e.define(e.emit("Conv", with_bias(e, {e.operand(0, order), weights(e, nchw)}), attributes), nchw);
}

}  // namespace

Status export_conv2d(NodeExport& e) { return define_conv(e, nchw); }
Status export_conv2d_planar(NodeExport& e) { return define_conv(e, identity_order(4)); }

Status export_conv_transpose2d(NodeExport& e) {
  const Shape& w = e.shape(1);
  const std::int64_t groups = e.node.attributes.integer_or("groups", 1);
  Attributes attributes = window_attributes(e, {w[1], w[2]});
  attributes.set("group", groups);
  attributes.set("output_padding", e.node.attributes.integers_or("output_padding", {0, 0}));
  const std::string filters = transposed_weights(e, groups);
  return e.define(e.emit("ConvTranspose", with_bias(e, {e.operand(0, nchw), filters}), attributes), nchw);
}

Status export_max_pool(NodeExport& e) { return define_pool(e, e.operand(0, nchw), pool_attributes(e)); }

// Padding that is not counted although the other padding is stems from ceil_mode: ONNX gets that instead.
Status export_average_pool(NodeExport& e) {
  Attributes attributes = pool_attributes(e);
  const bool counts = e.node.attributes.integer("count_include_pad") != 0;
  const Integers uncounted = e.node.attributes.integers_or("uncounted", {0, 0});
  attributes.set("count_include_pad", std::int64_t{counts});
  for (const std::int64_t dilation : e.node.attributes.integers("dilations"))
    if (dilation != 1) return e.unsupported("a dilated average");
  attributes.erase("dilations");
  if (counts && uncounted != Integers{0, 0}) {
    Integers pads = e.node.attributes.integers("pads");
    for (std::size_t i = 0; i < 2; ++i) pads[i + 2] -= uncounted[i];
    attributes.set("pads", pads);
    attributes.set("ceil_mode", std::int64_t{1});
  }
  const Integers& kernel = e.node.attributes.integers("kernel");
  return define_pool(e, e.rescaled(0, nchw, mean_factor(e, kernel[0] * kernel[1])), attributes);
}

Status export_lp_pool(NodeExport& e) {
  Attributes attributes = pool_attributes(e);
  for (const std::int64_t dilation : e.node.attributes.integers("dilations"))
    if (dilation != 1) return e.unsupported("a dilated norm");
  attributes.erase("dilations");
  attributes.set("p", e.node.attributes.integer("p"));
  return define_pool(e, e.operand(0, nchw), attributes);
}

// Gemm takes matrices; a MatMul and an Add take more axes.
Status export_fully_connected(NodeExport& e) {
  if (e.rank(0) == 2)
    return e.define(e.emit("Gemm", with_bias(e, {e.operand(0), weights(e, {0, 1})}), {{"transB", std::int64_t{1}}}));
  const std::string product = e.emit("MatMul", {e.operand(0), weights(e, {1, 0})});
  return e.define(e.node.has(2) ? e.emit("Add", with_bias(e, {product})) : product);
}

Status export_batch_norm(NodeExport& e) {
  const Order order = channels_first(e.rank(0));
  Names inputs = {e.operand(0, order)};
  for (int i = 1; i < 5; ++i) inputs.push_back(e.operand(i));
  return e.define(e.emit("BatchNormalization", inputs, e.attributes()), order);
}

Status export_recurrent(NodeExport& e) {
  Attributes attributes = e.attributes();
  attributes.set("hidden_size", e.shape(2)[2]);
  const int count = static_cast<int>(e.node.results.size());
  const Names results = e.model.emit_all(e.op_type, e.node.name, e.operands(), attributes, count);
  for (int i = 0; i < count; ++i)
    TINYC_TRY(e.define(results[static_cast<std::size_t>(i)], identity_order(e.node.result(i).shape.rank()), i));
  return {};
}

}  // namespace tinyc::onnx_format
