#pragma once
// Which channels of a model compute something.

#include <vector>

#include "lib/pass/pass.h"

namespace tinyc::passes {

// By value index of a quantized graph, the channels (last axis) that remove-dead-channels would leave; empty for constants.
Result<std::vector<std::vector<bool>>> needed_channels(const Graph& quantized, const PassContext& context);

// The channels of a float graph that are needed in its quantized form.
class LiveChannels {
 public:
  // By element of the layer's weights: whether it leads from a needed channel to a needed one.
  std::vector<bool> weights(const NodeView& node, NodeId id) const;

 private:
  friend Result<LiveChannels> live_channels(const Graph& graph, const PassContext& context);
  struct Layer {
    std::vector<bool> inputs, outputs;  // empty: all
  };
  std::vector<Layer> layers_;  // by node index
};

// Found on a calibrated and quantized clone.
Result<LiveChannels> live_channels(const Graph& graph, const PassContext& context);

}  // namespace tinyc::passes
