#pragma once
// TensorProto to Tensor.

#include <filesystem>

#include "formats/onnx/proto.h"
#include "lib/ir/tensor.h"

namespace tinyc::onnx_format {

// Where the data of tensors may lie outside of the file, and how much of it may still be read.
struct ExternalData {
  std::filesystem::path folder;
  std::int64_t bytes_left = 0;
};

// The element type of a TensorProto.DataType; TC3105 for one tinyc does not know (`where` names the tensor).
Result<DType> dtype_of(int data_type, const std::string& where);

// TC3105 unsupported element type, TC3106 a segment, TC4102 data that does not fit the shape, TC4107 external data at
// a forbidden place or beyond its file, TC6003 external data that cannot be read, TC8102 beyond a limit.
Result<Tensor> read_tensor(const onnx::TensorProto& proto, const std::string& where, ExternalData& external);

// f16, bf16 and f64 as f32; others as they are.
Tensor to_compute_type(const Tensor& tensor);
DType to_compute_type(DType dtype);

}  // namespace tinyc::onnx_format
