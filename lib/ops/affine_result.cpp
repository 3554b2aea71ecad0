#include "lib/ops/affine_result.h"

#include <cmath>

namespace tinyc::ops {

Result<Quantization> affine_result(const NodeView& view, DType dtype) {
  const auto scale = static_cast<float>(TINYC_TRY(require_real(view, "scale")));
  const std::int64_t zero_point = TINYC_TRY(require_integer(view, "zero_point"));
  const std::int64_t low = dtype == DType::u8 ? 0 : -128;
  if (!(scale > 0) || !std::isfinite(scale))
    return view.error("TC4010", std::string(view.op.name) + ": the scale must be positive and finite");
  if (zero_point < low || zero_point > low + 255)
    return view.error("TC4010", std::string(view.op.name) + ": the zero point " + std::to_string(zero_point) +
                                    " is not a value of " + std::string(to_string(dtype)));
  return Quantization::per_tensor(scale, static_cast<std::int32_t>(zero_point));
}

}  // namespace tinyc::ops
