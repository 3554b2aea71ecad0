#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Elu {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha"};
  explicit Elu(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double x) const { return x < 0 ? alpha * std::expm1(x) : x; }
  double alpha;
};

}  // namespace

const OpDef& elu() {
  static const OpDef def = unary<Elu>(
      "elu", "x where x >= 0, alpha·(exp(x) - 1) elsewhere.",
      {{"Elu", [](ImportContext& context) {
         return import_unary(context, "elu", {{"alpha", 1.0}});
       }}});
  return def;
}

}  // namespace tinyc::ops
