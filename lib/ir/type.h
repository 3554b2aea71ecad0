#pragma once
// The type of a value: element type, shape and, once quantized, what the stored integers mean.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/ir/dtype.h"
#include "lib/ir/shape.h"

namespace tinyc {

// real = scale[c] * (stored - zero_point[c]); c is the index along `axis` (per channel), or 0 (per
// tensor, axis = -1). Scales are positive and finite.
struct Quantization {
  int axis = -1;
  std::vector<float> scale;
  std::vector<std::int32_t> zero_point;  // as many as scales

  static Quantization per_tensor(float scale, std::int32_t zero_point) { return {-1, {scale}, {zero_point}}; }
  bool is_per_tensor() const { return axis < 0; }
  bool operator==(const Quantization&) const = default;
};

struct Type {
  DType dtype = DType::f32;
  Shape shape;
  std::optional<Quantization> quantization = std::nullopt;

  bool is_quantized() const { return quantization.has_value(); }
  std::int64_t bytes() const { return shape.elements() * static_cast<std::int64_t>(size_of(dtype)); }
  bool operator==(const Type&) const = default;
  std::string to_string() const;  // "f32[1,49,10]", "i8[1,12] quant(0.1:-128)"
};

}  // namespace tinyc
