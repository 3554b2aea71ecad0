#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

// With s = sigmoid(x): s + x s (1 - s).
double slope(double x, double y) {
  const double s = 1 / (1 + std::exp(-x));
  return s + y * (1 - s);
}

}  // namespace

const OpDef& swish() {
  static const OpDef def = [] {
    OpDef op = unary<RealFunction<[](double x) { return x / (1 + std::exp(-x)); }>>(
        "swish", "x · sigmoid(x); sigmoid-weighted nodes become it.", {});
    op.gradient = unary_gradient<SlopeOf<slope>>;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
