#pragma once
// Which values of a canonical float graph have channels that belong together.

#include <vector>

#include "lib/pass/pass.h"

namespace tinyc::passes {

// Values whose channel c (last axis) scales together: those of sums, pools, ReLUs and reshapes that keep channels, with their
// operands. With `through_depthwise`, those of depthwise convolutions too, whose channels can only go together.
struct ChannelClass {
  std::vector<ValueId> values;
  std::int64_t channels = 0;
  std::vector<NodeId> producers;  // convolutions and fully connected layers that write a value of the class
  std::vector<NodeId> consumers;  // and that read one; a depthwise one may be both
};

// The classes that only layers with float weights of their own write and read: no inputs, outputs, other operators, pinned
// parameters, nor activations that depend on the scale, unless `any_clamp`. In the order of the graph.
std::vector<ChannelClass> channel_classes(const Graph& graph, bool through_depthwise, bool any_clamp);

// By node index: a convolution with one filter per channel.
bool is_depthwise_layer(const NodeView& node);

}  // namespace tinyc::passes
