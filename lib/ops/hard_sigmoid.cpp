#include <algorithm>

#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

struct HardSigmoid {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha", "beta"};
  explicit HardSigmoid(const Attributes& attributes) : alpha(attributes.real("alpha")), beta(attributes.real("beta")) {}
  double operator()(double x) const { return std::clamp(alpha * x + beta, 0.0, 1.0); }
  double alpha, beta;
};

struct Slope {
  explicit Slope(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double, double y) const { return y > 0 && y < 1 ? alpha : 0; }
  double alpha;
};

}  // namespace

const OpDef& hard_sigmoid() {
  static const OpDef def = [] {
    OpDef op = unary<HardSigmoid>("hard_sigmoid", "alpha·x + beta, bounded by 0 and 1.",
                                  {{"HardSigmoid", [](ImportContext& context) {
                                      return import_unary(context, "hard_sigmoid", {{"alpha", 0.2}, {"beta", 0.5}});
                                    }}});
    op.gradient = unary_gradient<Slope>;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
