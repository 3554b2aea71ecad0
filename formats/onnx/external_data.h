#pragma once
// Tensor data in files of their own, beside the model.

#include "formats/onnx/tensor.h"

namespace tinyc::onnx_format {

// The bytes that a tensor's external_data entries name. Only regular files beneath external.folder, reached without
// "..", absolute paths or symbolic links, are opened. Errors as read_tensor().
Result<std::string> read_external_data(const onnx::TensorProto& proto, const std::string& where, std::int64_t wanted,
                                       ExternalData& external);

}  // namespace tinyc::onnx_format
