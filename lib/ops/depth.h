#pragma once
// Three spatial axes in terms of two: each plane of the result is a convolution over the planes that the taps along the
// depth read, side by side as channels.

#include <functional>
#include <vector>

#include "lib/ops/import_util.h"

namespace tinyc::ops {

// taps[o][k] is the plane of the operand that tap k of plane o of the result reads, or -1 for none.
using DepthTaps = std::vector<std::vector<std::int64_t>>;
// TC3001 beyond this many of them.
inline constexpr std::int64_t most_depth_taps = std::int64_t{1} << 20;
Status check_depth_taps(const ImportContext& context, std::int64_t planes, std::int64_t taps);

// x[N,C,D,H,W] of `groups` groups of channels, filters [O,D,H,W,C/groups]. `emit_2d` emits the operator with a
// channels-last operand of N * (planes of the result) samples and weights[O,H,W,D*C/groups]. The result is channels-first.
Result<ValueId> emit_over_depth(ImportContext& context, ValueId x, ValueId filters, std::int64_t groups,
                                const DepthTaps& taps, const std::function<Result<ValueId>(ValueId, ValueId)>& emit_2d);

}  // namespace tinyc::ops
