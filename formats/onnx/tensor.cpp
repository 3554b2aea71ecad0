#include "formats/onnx/tensor.h"

#include <algorithm>
#include <cstring>

#include "formats/onnx/external_data.h"
#include "formats/onnx/reader.h"

namespace tinyc::onnx_format {
namespace {

using onnx::TensorProto;

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

// Newer element types have no name in the protobuf classes of older releases.
std::string type_name(int data_type) {
  switch (data_type) {
    case 17: return "FLOAT8E4M3FN";
    case 18: return "FLOAT8E4M3FNUZ";
    case 19: return "FLOAT8E5M2";
    case 20: return "FLOAT8E5M2FNUZ";
    case 21: return "UINT4";
    case 22: return "INT4";
    case 23: return "FLOAT4E2M1";
    default: break;
  }
  if (TensorProto::DataType_IsValid(data_type))
    return TensorProto::DataType_Name(static_cast<TensorProto::DataType>(data_type));
  return "number " + std::to_string(data_type);
}

Result<Shape> shape_of(const TensorProto& proto, const std::string& where) {
  if (proto.dims_size() > Shape::max_rank)
    return Error("TC8102", where, "the tensor has rank " + std::to_string(proto.dims_size()) + ", the limit is " +
                                      std::to_string(Shape::max_rank));
  const Shape shape(std::vector<std::int64_t>(proto.dims().begin(), proto.dims().end()));
  if (std::ranges::any_of(shape, [](std::int64_t size) { return size < 0; }))
    return Error("TC4102", where, "the tensor has a negative size in its shape " + shape.to_string());
  if (!shape.valid()) return Error("TC8102", where, "the tensor's shape " + shape.to_string() + " is beyond tinyc's limits");
  return shape;
}

Error wrong_amount(const std::string& where, const Shape& shape, std::int64_t wanted, std::int64_t found,
                   std::string_view unit) {
  return Error("TC4102", where, "the tensor of shape " + shape.to_string() + " needs " + std::to_string(wanted) + " " +
                                    std::string(unit) + ", the file has " + std::to_string(found));
}

// Copies the elements of a repeated field that can hold more than the tensor's type.
template <class T, class Field>
Status copy_field(const Field& field, Tensor& tensor, const std::string& where) {
  const auto size = static_cast<std::int64_t>(field.size());
  if (size != tensor.elements()) return wrong_amount(where, tensor.shape(), tensor.elements(), size, "elements");
  auto* out = reinterpret_cast<T*>(tensor.mutable_bytes().data());
  for (int i = 0; i < field.size(); ++i) {
    const auto value = field.Get(i);
    if constexpr (std::is_same_v<T, bool>) {
      out[i] = value != 0;
    } else {
      out[i] = static_cast<T>(value);
      if constexpr (std::is_integral_v<T>)
        if (static_cast<decltype(value)>(out[i]) != value)
          return Error("TC4102", where, "the element " + std::to_string(value) + " does not fit its type");
    }
  }
  return {};
}

Status copy_typed_data(const TensorProto& proto, Tensor& tensor, const std::string& where) {
  switch (tensor.dtype()) {
    case DType::boolean: return copy_field<bool>(proto.int32_data(), tensor, where);
    case DType::i8: return copy_field<std::int8_t>(proto.int32_data(), tensor, where);
    case DType::u8: return copy_field<std::uint8_t>(proto.int32_data(), tensor, where);
    case DType::i16: return copy_field<std::int16_t>(proto.int32_data(), tensor, where);
    case DType::u16:
    case DType::f16:
    case DType::bf16: return copy_field<std::uint16_t>(proto.int32_data(), tensor, where);
    case DType::i32: return copy_field<std::int32_t>(proto.int32_data(), tensor, where);
    case DType::u32: return copy_field<std::uint32_t>(proto.uint64_data(), tensor, where);
    case DType::i64: return copy_field<std::int64_t>(proto.int64_data(), tensor, where);
    case DType::u64: return copy_field<std::uint64_t>(proto.uint64_data(), tensor, where);
    case DType::f32: return copy_field<float>(proto.float_data(), tensor, where);
    case DType::f64: return copy_field<double>(proto.double_data(), tensor, where);
  }
  TINYC_CHECK(false, "a dtype without typed data");
}

}  // namespace

Result<DType> dtype_of(int data_type, const std::string& where) {
  switch (data_type) {
    case TensorProto::FLOAT: return DType::f32;
    case TensorProto::UINT8: return DType::u8;
    case TensorProto::INT8: return DType::i8;
    case TensorProto::UINT16: return DType::u16;
    case TensorProto::INT16: return DType::i16;
    case TensorProto::INT32: return DType::i32;
    case TensorProto::INT64: return DType::i64;
    case TensorProto::BOOL: return DType::boolean;
    case TensorProto::FLOAT16: return DType::f16;
    case TensorProto::DOUBLE: return DType::f64;
    case TensorProto::UINT32: return DType::u32;
    case TensorProto::UINT64: return DType::u64;
    case TensorProto::BFLOAT16: return DType::bf16;
    case TensorProto::UNDEFINED: return Error("TC4102", where, "the element type is missing");
    default: return Error("TC3105", where, "the element type " + type_name(data_type) + " is not supported");
  }
}

Result<Tensor> read_tensor(const TensorProto& proto, const std::string& where, ExternalData& external) {
  const DType dtype = TINYC_TRY(dtype_of(proto.data_type(), where));
  if (proto.has_segment()) return Error("TC3106", where, "a tensor in segments is not supported");
  const Shape shape = TINYC_TRY(shape_of(proto, where));
  const auto wanted = shape.elements() * static_cast<std::int64_t>(size_of(dtype));
  const bool is_external = proto.data_location() == TensorProto::EXTERNAL;
  const bool is_raw = proto.has_raw_data() && (!proto.raw_data().empty() || wanted == 0);
  if (!is_external && !is_raw) {
    // No field of the message can hold more elements than the file has bytes.
    const auto present = static_cast<std::int64_t>(proto.float_data_size()) + proto.int32_data_size() +
                         proto.int64_data_size() + proto.double_data_size() + proto.uint64_data_size();
    if (present != shape.elements()) return wrong_amount(where, shape, shape.elements(), present, "elements");
    Tensor tensor(dtype, shape);
    TINYC_TRY(copy_typed_data(proto, tensor, where));
    return tensor;
  }
  std::string loaded;
  if (is_external) loaded = TINYC_TRY(read_external_data(proto, where, wanted, external));
  const std::string& raw = is_external ? loaded : proto.raw_data();
  if (static_cast<std::int64_t>(raw.size()) != wanted)
    return wrong_amount(where, shape, wanted, static_cast<std::int64_t>(raw.size()), "bytes");
  Tensor tensor(dtype, shape);
  const auto out = tensor.mutable_bytes();
  if (!raw.empty()) std::memcpy(out.data(), raw.data(), raw.size());
  if (dtype == DType::boolean)
    for (std::byte& flag : out) flag = flag == std::byte{0} ? std::byte{0} : std::byte{1};
  return tensor;
}

DType to_compute_type(DType dtype) { return is_float(dtype) ? DType::f32 : dtype; }
Tensor to_compute_type(const Tensor& tensor) { return tensor.cast(to_compute_type(tensor.dtype())); }

}  // namespace tinyc::onnx_format

namespace tinyc {

Result<Tensor> read_tensor_pb(std::string_view bytes, const std::string& where) {
  const auto read = [&]() -> Result<Tensor> {
    onnx::TensorProto proto;
    TINYC_TRY(onnx_format::parse(bytes, OnnxReadOptions().max_memory_bytes, proto));
    if (proto.data_location() == onnx::TensorProto::EXTERNAL)
      return Error("TC3106", where, "a data file must hold its data itself");
    onnx_format::ExternalData none;
    return onnx_format::read_tensor(proto, where, none);
  };
  auto tensor = read();
  if (tensor.ok()) return tensor;
  // A bad data file is an input/output error, whatever is wrong with it.
  return Error("TC6004", where, "not a usable TensorProto file: " + tensor.error().diagnostics().front().message);
}

}  // namespace tinyc
