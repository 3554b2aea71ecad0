#include "lib/ir/tensor.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace tinyc {

Tensor::Tensor(DType dtype, Shape shape)
    : dtype_(dtype), shape_(std::move(shape)),
      storage_(std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(shape_.elements()) * size_of(dtype))) {}

Tensor::Tensor(DType dtype, Shape shape, std::vector<std::byte> bytes)
    : dtype_(dtype), shape_(std::move(shape)), storage_(std::make_shared<std::vector<std::byte>>(std::move(bytes))) {
  TINYC_CHECK(storage_->size() == static_cast<std::size_t>(shape_.elements()) * size_of(dtype),
              "as many bytes as the tensor's shape asks for");
}

std::span<std::byte> Tensor::mutable_bytes() {
  if (storage_.use_count() > 1) storage_ = std::make_shared<std::vector<std::byte>>(*storage_);
  return *storage_;
}

Tensor Tensor::reshaped(Shape shape) const {
  TINYC_CHECK(shape.elements() == elements(), "reshaped() keeps the number of elements");
  Tensor copy = *this;
  copy.shape_ = std::move(shape);
  return copy;
}

namespace {

// Calls f with a function that reads element i as the widest type of its kind.
template <class F>
void read_elements(const Tensor& tensor, F&& f) {
  const auto each = [&](auto data, auto convert) {
    for (std::size_t i = 0; i < data.size(); ++i) f(i, convert(data[i]));
  };
  const auto same = [](auto x) { return x; };
  const std::span<const std::uint16_t> bits(reinterpret_cast<const std::uint16_t*>(tensor.bytes().data()),
                                            tensor.bytes().size() / 2);
  switch (tensor.dtype()) {
    case DType::boolean: return each(tensor.data<bool>(), [](bool x) { return static_cast<std::int64_t>(x); });
    case DType::i8: return each(tensor.data<std::int8_t>(), same);
    case DType::u8: return each(tensor.data<std::uint8_t>(), same);
    case DType::i16: return each(tensor.data<std::int16_t>(), same);
    case DType::u16: return each(tensor.data<std::uint16_t>(), same);
    case DType::i32: return each(tensor.data<std::int32_t>(), same);
    case DType::u32: return each(tensor.data<std::uint32_t>(), same);
    case DType::i64: return each(tensor.data<std::int64_t>(), same);
    case DType::u64: return each(tensor.data<std::uint64_t>(), same);
    case DType::f16: return each(bits, half_to_float);
    case DType::bf16: return each(bits, bfloat16_to_float);
    case DType::f32: return each(tensor.data<float>(), same);
    case DType::f64: return each(tensor.data<double>(), same);
  }
}

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != From{0};
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    if (std::isnan(value)) return To{0};
    const double truncated = std::trunc(static_cast<double>(value));
    if (truncated <= static_cast<double>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
    if (truncated >= static_cast<double>(std::numeric_limits<To>::max())) return std::numeric_limits<To>::max();
    return static_cast<To>(truncated);
  } else {
    return static_cast<To>(value);
  }
}

template <class To>
Tensor cast_to(const Tensor& tensor) {
  Tensor result(DTypeOf<To>::value, tensor.shape());
  const auto out = result.mutable_data<To>();
  read_elements(tensor, [&](std::size_t i, auto value) { out[i] = convert<To>(value); });
  return result;
}

Tensor cast_to_16_bits(const Tensor& tensor, DType dtype, std::uint16_t (*narrow)(float)) {
  Tensor result(dtype, tensor.shape());
  auto* out = reinterpret_cast<std::uint16_t*>(result.mutable_bytes().data());
  read_elements(tensor, [&](std::size_t i, auto value) { out[i] = narrow(static_cast<float>(value)); });
  return result;
}

}  // namespace

Tensor Tensor::cast(DType dtype) const {
  if (dtype == dtype_) return *this;
  switch (dtype) {
    case DType::boolean: return cast_to<bool>(*this);
    case DType::i8: return cast_to<std::int8_t>(*this);
    case DType::u8: return cast_to<std::uint8_t>(*this);
    case DType::i16: return cast_to<std::int16_t>(*this);
    case DType::u16: return cast_to<std::uint16_t>(*this);
    case DType::i32: return cast_to<std::int32_t>(*this);
    case DType::u32: return cast_to<std::uint32_t>(*this);
    case DType::i64: return cast_to<std::int64_t>(*this);
    case DType::u64: return cast_to<std::uint64_t>(*this);
    case DType::f16: return cast_to_16_bits(*this, dtype, float_to_half);
    case DType::bf16: return cast_to_16_bits(*this, dtype, float_to_bfloat16);
    case DType::f32: return cast_to<float>(*this);
    case DType::f64: return cast_to<double>(*this);
  }
  TINYC_CHECK(false, "a dtype without a cast");
}

std::vector<double> Tensor::to_doubles() const {
  std::vector<double> values(static_cast<std::size_t>(elements()));
  read_elements(*this, [&](std::size_t i, auto value) { values[i] = static_cast<double>(value); });
  return values;
}

std::vector<std::int64_t> Tensor::to_integers() const {
  std::vector<std::int64_t> values(static_cast<std::size_t>(elements()));
  read_elements(*this, [&](std::size_t i, auto value) { values[i] = convert<std::int64_t>(value); });
  return values;
}

bool Tensor::operator==(const Tensor& other) const {
  return dtype_ == other.dtype_ && shape_ == other.shape_ && *storage_ == *other.storage_;
}

float bfloat16_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t float_to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float half_to_float(std::uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int mantissa = half & 1023;
  float magnitude;
  if (exponent == 31) magnitude = mantissa ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
  else if (exponent == 0) magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  else magnitude = std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

std::uint16_t float_to_half(float value) {
  const auto sign = static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) >> 16) & 0x8000);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00);
  const float magnitude = std::fabs(value);
  if (magnitude == 0) return sign;
  if (magnitude >= 65520.0f) return static_cast<std::uint16_t>(sign | 0x7c00);
  int exponent = 0;
  std::frexp(magnitude, &exponent);           // magnitude = f * 2^exponent, f in [1/2, 1)
  const int unit = exponent - 11 < -24 ? -24 : exponent - 11;  // exponent of the last mantissa bit
  const auto steps = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, -unit)));
  // steps in [0, 2048]; a carry into the next binade falls out of the addition.
  return static_cast<std::uint16_t>(sign | (static_cast<std::uint32_t>(unit + 24) * 1024 + steps));
}

}  // namespace tinyc
