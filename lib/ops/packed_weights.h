#pragma once
// Byte-pair weight streams for cores with SMLAD: lib/runtime/packed_tile_s8.h and fully_connected_packed_s8.h define them.

#include <optional>

#include "lib/ops/dense.h"

namespace tinyc::ops {

// The stream of stored weights [channels, depth] in groups of `group` channels (4 or 8): bias couples, byte pairs,
// multipliers. The weights are those of the node's operand 1, in any order of their taps, perhaps with zeros between them.
// Nothing when a channel's sum might reach 2^23, or the requantizers shift left: then the plain kernels serve.
std::optional<Tensor> pack_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                   std::int64_t group);

// How many pairs of pixels a kernel gathers at a time: what 512 bytes of patches hold, at most 8. depth: inputs of a pixel
// in the patch, a multiple of 4.
std::int64_t strip_of(std::int64_t depth);

}  // namespace tinyc::ops
