#pragma once
// The parts of a model that stand by themselves: tensors and attributes as protobuf.

#include <string_view>

#include "formats/onnx/proto.h"
#include "lib/ir/attributes.h"

namespace tinyc::onnx_format {

int data_type_of(DType dtype);  // TensorProto.DataType
void write_tensor(const Tensor& tensor, std::string_view name, onnx::TensorProto& proto);
void write_attributes(const Attributes& attributes, onnx::NodeProto& node);

}  // namespace tinyc::onnx_format
