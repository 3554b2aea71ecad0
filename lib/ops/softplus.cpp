#include <algorithm>

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& softplus() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }>>(
      "softplus", "log(1 + exp(x)).",
      {{"Softplus", [](ImportContext& context) { return import_unary(context, "softplus"); }}});
  return def;
}

}  // namespace tinyc::ops
