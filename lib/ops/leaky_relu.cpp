#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct LeakyRelu {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha"};
  explicit LeakyRelu(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double x) const { return x < 0 ? alpha * x : x; }
  double alpha;
};

}  // namespace

const OpDef& leaky_relu() {
  static const OpDef def = unary<LeakyRelu>(
      "leaky_relu", "x where x >= 0, alpha·x elsewhere.",
      {{"LeakyRelu", [](ImportContext& context) { return import_unary(context, "leaky_relu", {{"alpha", 0.01}}); }}});
  return def;
}

}  // namespace tinyc::ops
