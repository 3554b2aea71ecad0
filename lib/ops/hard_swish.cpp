#include <algorithm>

#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

double slope(double x, double) { return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5; }

}  // namespace

const OpDef& hard_swish() {
  static const OpDef def = [] {
    OpDef op = unary<RealFunction<[](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }>>(
        "hard_swish", "x · (x/6 + 1/2 bounded by 0 and 1).",
        {{"HardSwish", [](ImportContext& context) { return import_unary(context, "hard_swish"); }}});
    op.gradient = unary_gradient<SlopeOf<slope>>;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
