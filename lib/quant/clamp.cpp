#include "lib/quant/clamp.h"

#include <algorithm>

#include "lib/quant/requantize.h"
#include "lib/support/check.h"

namespace tinyc {

ClampBounds clamp_bounds(const Attributes& attributes, const Quantization& result) {
  TINYC_CHECK(result.is_per_tensor(), "activations have one scale");
  const auto stored = [&](std::string_view name, std::int32_t otherwise) -> std::int32_t {
    if (!attributes.has(name)) return otherwise;
    return quantize_to_i8(attributes.real(name), static_cast<double>(result.scale.front()), result.zero_point.front());
  };
  const std::int32_t low = stored("clamp_low", -128);
  return {low, std::max(low, stored("clamp_high", 127))};
}

}  // namespace tinyc
