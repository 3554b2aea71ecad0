#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Selu {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha", "gamma"};
  explicit Selu(const Attributes& attributes) : alpha(attributes.real("alpha")), gamma(attributes.real("gamma")) {}
  double operator()(double x) const { return gamma * (x < 0 ? alpha * std::expm1(x) : x); }
  double alpha, gamma;
};

}  // namespace

const OpDef& selu() {
  static const OpDef def = unary<Selu>(
      "selu", "gamma·x where x >= 0, gamma·alpha·(exp(x) - 1) elsewhere.",
      {{"Selu", [](ImportContext& context) {
         return import_unary(context, "selu", {{"alpha", 1.67326319217681884765625}, {"gamma", 1.05070102214813232421875}});
       }}});
  return def;
}

}  // namespace tinyc::ops
