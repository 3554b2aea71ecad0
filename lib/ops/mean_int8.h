#pragma once
// Means on integers: requantize(sum - taps * zero_point) by the ratio input scale / (result scale * count).

#include <vector>

#include "lib/ir/op_def.h"
#include "lib/quant/requantize.h"

namespace tinyc::ops {

// One per count, with a common left shift; `most` is the largest number of elements summed. TC3013 when a sum
// could leave 32 bits.
Result<std::vector<Requantizer>> mean_requantizers(const NodeView& node, const std::vector<std::int64_t>& counts,
                                                   std::int64_t most);

}  // namespace tinyc::ops
