#pragma once
// Weight streams for three pixels at a time on cores without SMLAD: lib/runtime/triple_tile_s8.h defines them.

#include <array>
#include <optional>

#include "lib/ops/dense.h"
#include "lib/ops/window.h"

namespace tinyc::ops {

// m * 2^(16 - s) as 16 bits of m with s, in [1, 16], above them (tinyc_requantize_stored).
std::uint32_t split_multiplier(std::int32_t multiplier);

// Whether the bias plus the products of any inputs lies within [-2^20, 2^20), as sums that share two words must.
bool triple_sums_fit(std::span<const std::int8_t> weights, std::int64_t bias);

struct TripleWeights {
  Tensor stream;
  std::int64_t runs = 1, run = 4;  // a run's inputs, a multiple of 4

  Bytes patch() const { return Bytes(8 * runs * (run + 1)); }
};

// Of stored weights [channels, depth], which are those of the node's operand 1 in any order of their taps. Nothing for a
// single channel or when the requantizers shift left: then the plain kernels serve.
std::optional<TripleWeights> triple_weights(const NodeView& node, std::span<const std::int8_t> weights, std::int64_t channels);

// The fields `weights` ... `clamp_high` of a kernel.
void append_triples(const NodeView& node, TripleWeights weights, std::vector<KernelParam>& params);

// How an input lies in memory, in bytes.
struct InputSteps {
  std::int64_t row, column, channel;
};

// KernelCall::lead of a kernel that gathers three windows, in the order of the outputs, before it writes their results.
std::int64_t lead_of_triples(const Window2d& window, std::int64_t out_height, std::int64_t out_width, std::int64_t channels,
                             const InputSteps& steps);

struct Tap {
  std::int64_t row, column, channel;  // in the input, from the window's first; at most 127
};

// The fields and the scratch of a conv2d_offset_triple_s8 call; the weights are in the order of the taps.
void append_offsets(const NodeView& node, const Window2d& window, const std::array<std::int64_t, 2>& in_size,
                    TripleWeights weights, const std::vector<Tap>& taps, const InputSteps& steps, KernelCall& call);

}  // namespace tinyc::ops
