#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

// The values lie in (0, 1): all 256 steps cover them.
QuantRule rule(const NodeView&) {
  return {.result = QuantRule::Result::fixed, .fixed = Quantization::per_tensor(1.0f / 256, -128), .table = true};
}

}  // namespace

const OpDef& sigmoid() {
  static const OpDef def = [] {
    OpDef op = unary<RealFunction<[](double x) { return 1 / (1 + std::exp(-x)); }>>(
        "sigmoid", "1 / (1 + exp(-x)).",
        {{"Sigmoid", [](ImportContext& context) { return import_unary(context, "sigmoid"); }}});
    op.quantization = rule;
    op.gradient = unary_gradient<SlopeOf<[](double, double y) { return y * (1 - y); }>>;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
