#include "formats/onnx/write_proto.h"

namespace tinyc::onnx_format {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;

struct AttributeWriter {
  AttributeProto& proto;

  void operator()(std::int64_t value) const { proto.set_type(AttributeProto::INT), proto.set_i(value); }
  void operator()(double value) const { proto.set_type(AttributeProto::FLOAT), proto.set_f(static_cast<float>(value)); }
  void operator()(const std::string& value) const { proto.set_type(AttributeProto::STRING), proto.set_s(value); }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<double>& values) const {
    proto.set_type(AttributeProto::FLOATS);
    for (const double value : values) proto.add_floats(static_cast<float>(value));
  }
  void operator()(const std::vector<std::string>& values) const {
    proto.set_type(AttributeProto::STRINGS);
    for (const std::string& value : values) proto.add_strings(value);
  }
  void operator()(const Tensor& value) const {
    proto.set_type(AttributeProto::TENSOR);
    write_tensor(value, "", *proto.mutable_t());
  }
};

}  // namespace

int data_type_of(DType dtype) {
  switch (dtype) {
    case DType::boolean: return TensorProto::BOOL;
    case DType::i8: return TensorProto::INT8;
    case DType::u8: return TensorProto::UINT8;
    case DType::i16: return TensorProto::INT16;
    case DType::u16: return TensorProto::UINT16;
    case DType::i32: return TensorProto::INT32;
    case DType::u32: return TensorProto::UINT32;
    case DType::i64: return TensorProto::INT64;
    case DType::u64: return TensorProto::UINT64;
    case DType::f16: return TensorProto::FLOAT16;
    case DType::bf16: return TensorProto::BFLOAT16;
    case DType::f32: return TensorProto::FLOAT;
    case DType::f64: return TensorProto::DOUBLE;
  }
  return TensorProto::UNDEFINED;
}

void write_tensor(const Tensor& tensor, std::string_view name, TensorProto& proto) {
  for (const std::int64_t size : tensor.shape()) proto.add_dims(size);
  proto.set_data_type(data_type_of(tensor.dtype()));
  if (!name.empty()) proto.set_name(std::string(name));
  proto.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
}

void write_attributes(const Attributes& attributes, onnx::NodeProto& node) {
  for (const auto& [name, value] : attributes) {
    AttributeProto& proto = *node.add_attribute();
    proto.set_name(name);
    std::visit(AttributeWriter{proto}, value);
  }
}

}  // namespace tinyc::onnx_format
