#pragma once
// Spatial operators of ONNX are channels-first, those of the IR are NHWC. Importers emit the IR's between
// transposes, which the canonicalization passes cancel.

#include <functional>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// x of shape [N,C,H,W] or [N,C,L] becomes [N,H,W,C] or [N,1,L,C]; `emit` makes the operator's nodes from it and
// returns a value of the same layout; that is brought back to x's layout (its sizes may differ). The caller
// has checked the rank. `suffix` tells several operands of one ONNX node apart.
Result<ValueId> emit_channels_last(ImportContext& context, ValueId x,
                                   const std::function<Result<ValueId>(ValueId)>& emit);

// Only the first half, and only the second: to NHWC, and from NHWC to a channels-first value of rank 3 or 4.
Result<ValueId> to_channels_last(ImportContext& context, ValueId x, std::string_view suffix = "nhwc");
Result<ValueId> to_channels_first(ImportContext& context, ValueId x, int rank, std::string_view suffix = "");

// Weights [O,I,KH,KW] or [O,I,K] as [O,KH,KW,I] or [O,1,K,I].
inline Result<ValueId> to_ohwi(ImportContext& context, ValueId weights) {
  return to_channels_last(context, weights, "ohwi");
}

}  // namespace tinyc::ops
