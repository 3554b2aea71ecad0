#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& swish() {
  static const OpDef def = unary<RealFunction<[](double x) { return x / (1 + std::exp(-x)); }>>(
      "swish", "x · sigmoid(x); sigmoid-weighted nodes become it.", {});
  return def;
}

}  // namespace tinyc::ops
