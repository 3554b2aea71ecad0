#pragma once
// Weight streams for cores with SMLAD: lib/runtime/packed_tile_s8.h, sparse_tile_s8.h, nibble_tile_s8.h,
// fully_connected_packed_s8.h and fully_connected_nibble_s8.h define them. The weights are those of the node's operand 1, [channels, depth] in any order of their taps, perhaps with zeros
// between them.

#include <optional>
#include <string>

#include "lib/ops/dense.h"

namespace tinyc::ops {

// One stored form of a layer's weights.
struct WeightStream {
  std::string kind;    // in the kernels' names: tinyc_conv2d_<kind>_s8
  Tensor table;
  int left_shift = 0;  // of the requantizers; kernels of tiles of pixels have none
  double cycles = 0;   // on a Cortex-M4, of the products and results of one pair of pixels
  std::string reason;
};

// All weights, in groups of `group` channels (4: tiles of pixels, 8: one input vector): bias, nibbles ("nibble") where all are in
// [-7, 7] and time allows, or else byte pairs ("packed"), multipliers. Nothing when a channel's sum might be too large
// for that, or the requantizers shift left (but for nibbles of one input vector): then the plain kernels serve.
std::optional<WeightStream> pack_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                         std::int64_t group, Objective objective);

// Byte pairs of only the blocks of four channels by two inputs of a step that are not all zero ("sparse").
std::optional<WeightStream> pack_sparse_weights(const NodeView& node, std::span<const std::int8_t> weights,
                                                std::int64_t channels);

// Of these, in groups of four channels: blocks where they take fewer cycles and no more flash, or a quarter more where time is
// the objective.
std::optional<WeightStream> pack_best(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels,
                                      Objective objective);

// How many pairs of pixels a kernel gathers at a time: what 512 bytes of patches hold, at most 8; one where memory is the
// objective. depth: inputs of a pixel in the patch, a multiple of 4.
std::int64_t strip_of(std::int64_t depth, Objective objective);

}  // namespace tinyc::ops
