#pragma once
// Byte-pair weight streams for cores with SMLAD: lib/runtime/packed_tile_s8.h and fully_connected_packed_s8.h define them.

#include <optional>

#include "lib/ops/dense.h"

namespace tinyc::ops {

// The stream of weights [channels, depth] in groups of `group` channels (4 or 8): bias couples, byte pairs, multipliers.
// Nothing when a channel's sum might reach 2^23, or the requantizers shift left: then the plain kernels serve.
std::optional<Tensor> pack_weights(const NodeView& node, std::int64_t channels, std::int64_t group);

}  // namespace tinyc::ops
