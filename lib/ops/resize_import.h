#pragma once
// ONNX Resize and Upsample in the forms of every opset, as nodes of `resize`.

#include "lib/ir/op_def.h"

namespace tinyc::ops {

Result<std::vector<ValueId>> import_resize(ImportContext& context);
Result<std::vector<ValueId>> import_upsample(ImportContext& context);

}  // namespace tinyc::ops
