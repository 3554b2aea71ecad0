#pragma once
// What the importers of ONNX normalizations share.

#include <optional>

#include "lib/ir/op_def.h"

namespace tinyc::ops {

// layer_norm of x over `axes` (ascending), with the scale and the bias that broadcast to x, if there are any.
Result<ValueId> emit_layer_norm(ImportContext& context, ValueId x, std::vector<std::int64_t> axes, double epsilon,
                                std::vector<ValueId> affine = {}, std::string_view suffix = {});

}  // namespace tinyc::ops
