#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Celu {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha"};
  explicit Celu(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double x) const { return x < 0 ? alpha * std::expm1(x / alpha) : x; }
  double alpha;
};

}  // namespace

const OpDef& celu() {
  static const OpDef def = unary<Celu>(
      "celu", "x where x >= 0, alpha·(exp(x/alpha) - 1) elsewhere.",
      {{"Celu", [](ImportContext& context) {
         return import_unary(context, "celu", {{"alpha", 1.0}});
       }}});
  return def;
}

}  // namespace tinyc::ops
