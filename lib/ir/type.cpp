#include "lib/ir/type.h"

#include "lib/ir/text_syntax.h"
#include "lib/support/text.h"

namespace tinyc {

std::string text_syntax::parameters(const Quantization& q) {
  if (q.is_per_tensor()) return "(" + shortest(q.scale.front()) + ":" + std::to_string(q.zero_point.front()) + ")";
  std::string text = "(axis=" + std::to_string(q.axis) + ", scale=[";
  for (std::size_t i = 0; i < q.scale.size(); ++i) text += (i ? ", " : "") + shortest(q.scale[i]);
  text += "], zero_point=[";
  for (std::size_t i = 0; i < q.zero_point.size(); ++i) text += (i ? ", " : "") + std::to_string(q.zero_point[i]);
  return text + "])";
}

std::string Type::to_string() const {
  const std::string text = std::string(tinyc::to_string(dtype)) + shape.to_string();
  return quantization ? text + " quant" + text_syntax::parameters(*quantization) : text;
}

}  // namespace tinyc
