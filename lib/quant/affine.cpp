#include "lib/quant/affine.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tinyc {
namespace {

// Calls f(element, channel) for every element; channel is 0 for per-tensor parameters.
template <class F>
void each_element(const Shape& shape, const Quantization& quantization, F&& f) {
  std::int64_t inner = 1, channels = 1;
  if (!quantization.is_per_tensor()) {
    channels = shape[quantization.axis];
    inner = shape.strides()[static_cast<std::size_t>(quantization.axis)];
  }
  TINYC_CHECK(static_cast<std::int64_t>(quantization.scale.size()) == channels &&
                  quantization.zero_point.size() == quantization.scale.size(),
              "one scale and one zero point per channel");
  const std::int64_t elements = shape.elements();
  for (std::int64_t i = 0; i < elements; ++i)
    f(static_cast<std::size_t>(i), static_cast<std::size_t>(i / inner % channels));
}

// Single floats to int8 divide in single precision, as the emitted helper does on a device.
template <class T>
double steps_of(double x, float scale, DType from) {
  const bool single = from == DType::f32 && sizeof(T) == 1;
  return std::round(single ? static_cast<double>(static_cast<float>(x) / scale) : x / static_cast<double>(scale));
}

template <class T>
Tensor quantize_to(const Tensor& real, const Type& type) {
  const std::vector<double> x = real.to_doubles();
  Tensor stored(type.dtype, type.shape);
  const auto out = stored.template mutable_data<T>();
  each_element(type.shape, *type.quantization, [&](std::size_t i, std::size_t channel) {
    const double steps = steps_of<T>(x[i], type.quantization->scale[channel], real.dtype());
    const double value = (std::isnan(steps) ? 0.0 : steps) + type.quantization->zero_point[channel];
    out[i] = static_cast<T>(std::clamp(value, static_cast<double>(std::numeric_limits<T>::min()),
                                       static_cast<double>(std::numeric_limits<T>::max())));
  });
  return stored;
}

}  // namespace

Tensor quantize_tensor(const Tensor& real, const Type& type) {
  TINYC_CHECK(type.is_quantized() && real.shape() == type.shape, "a quantized type of the tensor's shape");
  switch (type.dtype) {
    case DType::i8: return quantize_to<std::int8_t>(real, type);
    case DType::u8: return quantize_to<std::uint8_t>(real, type);
    case DType::i16: return quantize_to<std::int16_t>(real, type);
    case DType::u16: return quantize_to<std::uint16_t>(real, type);
    case DType::i32: return quantize_to<std::int32_t>(real, type);
    default: TINYC_CHECK(false, "a quantized element type of 8 to 32 bits");
  }
}

Tensor stored_tensor(const Tensor& sample, const Type& type) {
  if (type.dtype != DType::i8 || (sample.dtype() != DType::i8 && sample.dtype() != DType::u8))
    return quantize_tensor(sample, type);
  if (sample.dtype() == DType::i8) return sample;
  Tensor stored(DType::i8, sample.shape());
  const auto from = sample.data<std::uint8_t>();
  const auto to = stored.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < from.size(); ++i) to[i] = static_cast<std::int8_t>(from[i] - 128);
  return stored;
}

Tensor dequantize_tensor(const Tensor& stored, const Quantization& quantization) {
  const std::vector<std::int64_t> x = stored.to_integers();
  Tensor real(DType::f32, stored.shape());
  const auto out = real.mutable_data<float>();
  each_element(stored.shape(), quantization, [&](std::size_t i, std::size_t channel) {
    out[i] = static_cast<float>(static_cast<double>(x[i] - quantization.zero_point[channel]) *
                                static_cast<double>(quantization.scale[channel]));
  });
  return real;
}

}  // namespace tinyc
