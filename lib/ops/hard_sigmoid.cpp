#include <algorithm>

#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct HardSigmoid {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha", "beta"};
  explicit HardSigmoid(const Attributes& attributes) : alpha(attributes.real("alpha")), beta(attributes.real("beta")) {}
  double operator()(double x) const { return std::clamp(alpha * x + beta, 0.0, 1.0); }
  double alpha, beta;
};

}  // namespace

const OpDef& hard_sigmoid() {
  static const OpDef def = unary<HardSigmoid>("hard_sigmoid", "alpha·x + beta, bounded by 0 and 1.",
                                              {{"HardSigmoid", [](ImportContext& context) {
                                                  return import_unary(context, "hard_sigmoid",
                                                                      {{"alpha", 0.2}, {"beta", 0.5}});
                                                }}});
  return def;
}

}  // namespace tinyc::ops
