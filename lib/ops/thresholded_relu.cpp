#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct ThresholdedRelu {
  static constexpr Accepts accepts = Accepts::reals;
  static constexpr std::array reals{"alpha"};
  explicit ThresholdedRelu(const Attributes& attributes) : alpha(attributes.real("alpha")) {}
  double operator()(double x) const { return x > alpha ? x : 0; }
  double alpha;
};

}  // namespace

const OpDef& thresholded_relu() {
  static const OpDef def = unary<ThresholdedRelu>(
      "thresholded_relu", "x where x > alpha, 0 elsewhere.",
      {{"ThresholdedRelu", [](ImportContext& context) {
         return import_unary(context, "thresholded_relu", {{"alpha", 1.0}});
       }}});
  return def;
}

}  // namespace tinyc::ops
