#pragma once
// A dense row-major tensor of any element type. The storage is shared between copies and copied before
// the first write to a shared one, so that cloning a graph costs nothing for its constants.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/ir/dtype.h"
#include "lib/ir/shape.h"
#include "lib/support/check.h"

namespace tinyc {

class Tensor {
 public:
  Tensor() : Tensor(DType::f32, Shape{0}) {}
  Tensor(DType dtype, Shape shape);  // zeros
  Tensor(DType dtype, Shape shape, std::vector<std::byte> bytes);

  template <class T>
  static Tensor of(Shape shape, std::span<const T> values) {
    Tensor tensor(DTypeOf<T>::value, std::move(shape));
    const auto out = tensor.mutable_data<T>();
    TINYC_CHECK(out.size() == values.size(), "as many values as the shape has elements");
    for (std::size_t i = 0; i < values.size(); ++i) out[i] = values[i];
    return tensor;
  }
  template <class T>
  static Tensor of(Shape shape, const std::vector<T>& values) {
    return of<T>(std::move(shape), std::span<const T>(values));
  }
  template <class T>
  static Tensor scalar(T value) { return of<T>(Shape{}, std::span<const T>(&value, 1)); }

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::int64_t elements() const { return shape_.elements(); }
  std::span<const std::byte> bytes() const { return *storage_; }
  std::span<std::byte> mutable_bytes();

  // The elements; T must be the type of dtype().
  template <class T>
  std::span<const T> data() const {
    TINYC_CHECK(DTypeOf<T>::value == dtype_, "a tensor read as another type than its own");
    return {reinterpret_cast<const T*>(storage_->data()), storage_->size() / sizeof(T)};
  }
  template <class T>
  std::span<T> mutable_data() {
    TINYC_CHECK(DTypeOf<T>::value == dtype_, "a tensor written as another type than its own");
    const auto raw = mutable_bytes();
    return {reinterpret_cast<T*>(raw.data()), raw.size() / sizeof(T)};
  }

  // The same elements under another shape of as many elements; shares the storage.
  Tensor reshaped(Shape shape) const;
  // Converted element by element (float to integer truncates and saturates, as C++ casts within range).
  Tensor cast(DType dtype) const;
  // Any numeric tensor as doubles or 64-bit integers, whatever its dtype.
  std::vector<double> to_doubles() const;
  std::vector<std::int64_t> to_integers() const;

  bool operator==(const Tensor& other) const;  // type, shape and bits

 private:
  DType dtype_;
  Shape shape_;
  std::shared_ptr<std::vector<std::byte>> storage_;
};

float half_to_float(std::uint16_t half);
std::uint16_t float_to_half(float value);  // rounds to nearest even
float bfloat16_to_float(std::uint16_t bits);
std::uint16_t float_to_bfloat16(float value);

}  // namespace tinyc
