#include "lib/ir/type.h"

#include "lib/support/text.h"

namespace tinyc {

std::string Quantization::to_string() const {
  if (is_per_tensor()) return "(" + shortest(scale.front()) + ":" + std::to_string(zero_point.front()) + ")";
  std::string text = "(axis=" + std::to_string(axis) + ", scale=[";
  for (std::size_t i = 0; i < scale.size(); ++i) text += (i ? ", " : "") + shortest(scale[i]);
  text += "], zero_point=[";
  for (std::size_t i = 0; i < zero_point.size(); ++i) text += (i ? ", " : "") + std::to_string(zero_point[i]);
  return text + "])";
}

std::string Type::to_string() const {
  const std::string text = std::string(tinyc::to_string(dtype)) + shape.to_string();
  return quantization ? text + " quant" + quantization->to_string() : text;
}

}  // namespace tinyc
