#pragma once
// Weights in fewer bytes than they have, for plain kernels that decode some channels at a time (lib/runtime/decode_weights_s8.h).

#include <optional>
#include <span>
#include <string>

#include "lib/ir/op_def.h"
#include "lib/support/units.h"

namespace tinyc::ops {

struct EncodedWeights {
  Tensor table;
  Bytes decoded{0};  // of the channels decoded at a time
  std::string reason;
};

// The smallest encoding of weights [channels, depth]; nothing when none saves an eighth.
std::optional<EncodedWeights> encode_weights(std::span<const std::int8_t> weights, std::int64_t channels);

// A call of tinyc_conv2d_1x1_s8, or of tinyc_conv2d_s8 with one group, as the call of their _decoded_ form where that has the
// smaller tables.
KernelCall encoded(KernelCall plain, std::span<const std::int8_t> weights, std::int64_t channels);

}  // namespace tinyc::ops
