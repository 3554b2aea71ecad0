#pragma once
// Folding an affine function per channel into the constant weights of a convolution or fully connected node.

#include "passes/canonicalize/rewrite.h"

namespace tinyc::passes {

// y[..., c] = x[..., c] * scale[c] + shift[c]; the channel is the last axis.
struct ChannelAffine {
  std::vector<double> scale, shift;
};

// The elements of a constant that varies along the last axis of `shape` only, one per channel; nothing when it
// varies along another, or broadcasts `shape` to a larger one.
std::optional<std::vector<double>> per_channel(const Value& constant, const Shape& shape);

// What a batch_norm computes; nothing when its operands are not constant.
std::optional<ChannelAffine> affine_of_batch_norm(const NodeView& node);

// conv2d or fully_connected, with constant weights and bias (or none) and no clamp, that alone computes `value`, which
// nothing else reads and which is not pinned. Looks through reshapes that keep the last axis. Invalid when there is
// none.
NodeId linear_producer(const Graph& graph, ValueId value);

// conv2d without padding or fully_connected, with constant weights and bias, that alone reads `value`, not pinned, as
// its operand 0; where no shift is added, padding (which reads zeros) is no obstacle. Invalid when there is none.
NodeId linear_consumer(const Graph& graph, ValueId value, bool shifts);

// The node computes affine(what it computed).
Status fold_into_results(Graph& graph, NodeId node, const ChannelAffine& affine);
// The node computes what it computed of affine(operand 0).
Status fold_into_operand(Graph& graph, NodeId node, const ChannelAffine& affine);

// An affine node (batch_norm, mul, add, ...) on `x` that is `affine`: folded into what computes x or what reads the
// node's result; the node is erased. The attributes clamp_low and clamp_high of the node go along. False when neither
// is possible.
Result<bool> fold_affine_node(Graph& graph, NodeId node, ValueId x, const ChannelAffine& affine);

}  // namespace tinyc::passes
