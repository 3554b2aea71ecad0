#include <algorithm>

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& mish() {
  static const OpDef def = unary<RealFunction<[](double x) { return x * std::tanh(std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)))); }>>(
      "mish", "x · tanh(log(1 + exp(x))).",
      {{"Mish", [](ImportContext& context) { return import_unary(context, "mish"); }}});
  return def;
}

}  // namespace tinyc::ops
