#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

struct LeakyRelu {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha"};
  explicit LeakyRelu(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double x) const { return x < 0 ? alpha * x : x; }
  double alpha;
};

struct Slope {
  explicit Slope(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double x, double) const { return x < 0 ? alpha : 1; }
  double alpha;
};

}  // namespace

const OpDef& leaky_relu() {
  static const OpDef def = [] {
    OpDef op = unary<LeakyRelu>(
        "leaky_relu", "x where x >= 0, alpha·x elsewhere.",
        {{"LeakyRelu", [](ImportContext& context) { return import_unary(context, "leaky_relu", {{"alpha", 0.01}}); }}});
    op.gradient = unary_gradient<Slope>;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
