#pragma once
// Weight streams for cores with MVE: lib/runtime/mve_tile_s8.h, fully_connected_mve_s8.h and depthwise_conv2d_3x3_mve_s8.h
// define them.

#include <optional>

#include "lib/ops/conv2d.h"
#include "lib/ops/dense.h"

namespace tinyc::ops {

// The stream of stored weights [channels, depth] in groups of four channels for two pixels, or of eight for one. The weights are
// those of the node's operand 1, in any order of their taps, perhaps with zeros between them. Nothing when the requantizers
// shift left or the channels are too many: then other kernels serve.
std::optional<Tensor> mve_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                  std::int64_t group);

// Of a depthwise 3x3 convolution; `swap`: its columns run along the height.
std::optional<Tensor> mve_depthwise_weights(const NodeView& node, const Conv2dSizes& sizes, bool swap);

// depth filled up to whole vectors.
inline std::int64_t mve_depth(std::int64_t depth) { return (depth + 15) / 16 * 16; }

}  // namespace tinyc::ops
