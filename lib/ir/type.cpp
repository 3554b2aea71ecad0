#include "lib/ir/type.h"

#include "lib/support/text.h"

namespace tinyc {

std::string Type::to_string() const {
  std::string text = std::string(tinyc::to_string(dtype)) + shape.to_string();
  if (!quantization) return text;
  if (quantization->is_per_tensor())
    return text + " quant(" + shortest(quantization->scale.front()) + ":" +
           std::to_string(quantization->zero_point.front()) + ")";
  text += " quant(axis=" + std::to_string(quantization->axis) + ", scale=[";
  for (std::size_t i = 0; i < quantization->scale.size(); ++i)
    text += (i ? ", " : "") + shortest(quantization->scale[i]);
  text += "], zero_point=[";
  for (std::size_t i = 0; i < quantization->zero_point.size(); ++i)
    text += (i ? ", " : "") + std::to_string(quantization->zero_point[i]);
  return text + "])";
}

}  // namespace tinyc
