#include "passes/canonicalize/linear.h"

#include <algorithm>
#include <cmath>

namespace tinyc::passes {

std::optional<std::vector<double>> per_channel(const Value& constant, const Shape& shape) {
  const Shape& own = constant.type().shape;
  if (shape.rank() == 0 || own.rank() > shape.rank()) return std::nullopt;
  const std::int64_t channels = shape[shape.rank() - 1];
  for (int axis = 0; axis + 1 < own.rank(); ++axis)
    if (own[axis] != 1) return std::nullopt;
  const std::int64_t last = own.rank() == 0 ? 1 : own[own.rank() - 1];
  if (last != 1 && last != channels) return std::nullopt;
  std::vector<double> values = constant.constant().to_doubles();
  if (last == 1) values.assign(static_cast<std::size_t>(channels), values.front());
  return values;
}

std::optional<ChannelAffine> affine_of_batch_norm(const NodeView& node) {
  for (int i = 1; i < 5; ++i)
    if (!node.constant(i)) return std::nullopt;
  const auto scale = node.constant(1)->to_doubles(), bias = node.constant(2)->to_doubles();
  const auto mean = node.constant(3)->to_doubles(), variance = node.constant(4)->to_doubles();
  ChannelAffine affine;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double a = scale[c] / std::sqrt(variance[c] + node.attributes.real("epsilon"));
    affine.scale.push_back(a);
    affine.shift.push_back(bias[c] - a * mean[c]);
  }
  return affine;
}

namespace {

bool is_linear(const Graph& graph, NodeId node) {
  if (!is_op(graph, node, "conv2d") && !is_op(graph, node, "fully_connected")) return false;
  const NodeView v = view(graph, node);
  return v.constant(1) && is_float(v.constant(1)->dtype()) && (!v.has(2) || v.constant(2));
}

bool reads_padding(const Node& node) {
  const auto pads = node.attributes().integers_or("pads", {});
  return std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; });
}

// The pin of weights [channels, ...] whose channels are multiplied by these factors; nothing when one is not positive.
std::optional<Quantization> scaled_pin(const std::optional<Quantization>& pin, const std::vector<double>& factors) {
  if (!pin || pin->axis > 0) return std::nullopt;
  const bool one = std::adjacent_find(factors.begin(), factors.end(), std::not_equal_to<>()) == factors.end();
  Quantization scaled{one ? pin->axis : 0, {}, {}};
  for (std::size_t c = 0; c < (scaled.is_per_tensor() ? 1 : factors.size()); ++c) {
    const std::size_t own = pin->is_per_tensor() ? 0 : c;
    scaled.scale.push_back(static_cast<float>(pin->scale[own] * factors[c]));
    scaled.zero_point.push_back(pin->zero_point[own]);
    if (!std::isfinite(scaled.scale.back()) || scaled.scale.back() <= 0) return std::nullopt;
  }
  return scaled;
}

// `factors` are what the channels of the weights were multiplied by; empty when that differs within a channel.
void set_weights(Graph& graph, NodeId node, const std::vector<double>& weights, const std::vector<double>& bias,
                 const std::vector<double>& factors) {
  const NodeView v = view(graph, node);
  const Tensor& old = *v.constant(1);
  const std::string name(v.name);
  const std::int64_t channels = old.shape()[0];
  const bool has_bias = v.has(2);
  const std::string weight_name = graph.value(v.operand_ids[1]).name();
  const std::string bias_name = has_bias ? graph.value(v.operand_ids[2]).name() : name + "_bias";
  const Tensor new_weights = tensor_of(old.dtype(), old.shape(), weights);
  const Tensor new_bias = tensor_of(old.dtype(), Shape{channels}, bias);
  const auto pin = factors.empty() ? std::nullopt : scaled_pin(v.operands[1]->pinned(), factors);
  const ValueId weight_value = graph.add_constant(weight_name, new_weights);
  graph.set_pinned(weight_value, pin);
  graph.set_operand(node, 1, weight_value);
  const ValueId bias_value = graph.add_constant(bias_name, new_bias);
  if (graph.node(node).operands().size() > 2) graph.set_operand(node, 2, bias_value);
  else graph.append_operand(node, bias_value);
  graph.erase_unused_constants();
  graph.rename(graph.node(node).operands()[1], weight_name);
  graph.rename(graph.node(node).operands()[2], bias_name);
}

struct Weights {
  std::vector<double> weights;  // [channels][taps * inputs]
  std::vector<double> bias;     // zeros when there is none
  std::size_t inputs;           // of one channel: the last axis of the weights
};
Weights weights_of(const NodeView& node) {
  const Tensor& weights = *node.constant(1);
  const Shape& shape = weights.shape();
  Weights result{weights.to_doubles(), std::vector<double>(static_cast<std::size_t>(shape[0]), 0.0),
                 static_cast<std::size_t>(shape[shape.rank() - 1])};
  if (node.has(2)) result.bias = node.constant(2)->to_doubles();
  return result;
}

}  // namespace

NodeId linear_producer(const Graph& graph, ValueId value) {
  while (has_single_use(graph, value)) {
    const NodeId node = graph.value(value).producer();
    if (!node.valid() || graph.value(value).pinned()) return {};
    if (is_linear(graph, node)) return has_clamp(graph.node(node)) ? NodeId() : node;
    if (!is_op(graph, node, "reshape")) return {};
    const ValueId operand = graph.node(node).operands().front();
    const Shape &from = graph.value(operand).type().shape, &to = graph.value(value).type().shape;
    if (from.rank() == 0 || to.rank() == 0 || from[from.rank() - 1] != to[to.rank() - 1]) return {};
    value = operand;
  }
  return {};
}

NodeId linear_consumer(const Graph& graph, ValueId value, bool shifts) {
  if (!has_single_use(graph, value) || graph.value(value).pinned()) return {};
  const Use use = graph.value(value).uses().front();
  if (use.operand != 0 || !is_linear(graph, use.node)) return {};
  return shifts && reads_padding(graph.node(use.node)) ? NodeId() : use.node;
}

Status fold_into_results(Graph& graph, NodeId node, const ChannelAffine& affine) {
  Weights w = weights_of(view(graph, node));
  const std::size_t per_channel = w.weights.size() / w.bias.size();
  TINYC_CHECK(affine.scale.size() == w.bias.size(), "one factor per channel");
  for (std::size_t c = 0; c < w.bias.size(); ++c) {
    for (std::size_t i = 0; i < per_channel; ++i) w.weights[c * per_channel + i] *= affine.scale[c];
    w.bias[c] = w.bias[c] * affine.scale[c] + affine.shift[c];
  }
  set_weights(graph, node, w.weights, w.bias, affine.scale);
  return {};
}

Status fold_into_operand(Graph& graph, NodeId node, const ChannelAffine& affine) {
  Weights w = weights_of(view(graph, node));
  const std::size_t channels = w.bias.size(), per_channel = w.weights.size() / channels;
  const auto groups = static_cast<std::size_t>(graph.node(node).attributes().integer_or("groups", 1));
  TINYC_CHECK(affine.scale.size() == w.inputs * groups, "one factor per channel");
  for (std::size_t c = 0; c < channels; ++c) {
    const std::size_t first = c / (channels / groups) * w.inputs;
    for (std::size_t i = 0; i < per_channel; ++i) {
      double& weight = w.weights[c * per_channel + i];
      w.bias[c] += weight * affine.shift[first + i % w.inputs];
      weight *= affine.scale[first + i % w.inputs];
    }
  }
  const bool one =
      std::adjacent_find(affine.scale.begin(), affine.scale.end(), std::not_equal_to<>()) == affine.scale.end();
  set_weights(graph, node, w.weights, w.bias,
              one ? std::vector<double>(channels, affine.scale.front()) : std::vector<double>());
  return {};
}

Result<bool> fold_affine_node(Graph& graph, NodeId id, ValueId x, const ChannelAffine& affine) {
  const Node& node = graph.node(id);
  const ValueId y = node.results().front();
  if (graph.value(x).type() != graph.value(y).type()) return false;  // it broadcasts x
  if (const NodeId above = linear_producer(graph, x); above.valid()) {
    Attributes attributes = graph.node(above).attributes();
    for (const char* clamp : {"clamp_low", "clamp_high"})
      if (const Attribute* bound = node.attributes().find(clamp)) attributes.set(clamp, *bound);
    graph.set_attributes(above, std::move(attributes));
    TINYC_TRY(fold_into_results(graph, above, affine));
    replace_node(graph, id, x);
    return true;
  }
  const bool shifts = std::any_of(affine.shift.begin(), affine.shift.end(), [](double v) { return v != 0; });
  const NodeId below = has_clamp(node) ? NodeId() : linear_consumer(graph, y, shifts);
  if (!below.valid()) return false;
  TINYC_TRY(fold_into_operand(graph, below, affine));
  replace_node(graph, id, x);
  return true;
}

}  // namespace tinyc::passes
