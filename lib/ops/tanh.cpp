#include "lib/ops/elementwise.h"
#include "lib/ops/gradient.h"

namespace tinyc::ops {
namespace {

// The values lie in (-1, 1).
QuantRule rule(const NodeView&) {
  return {.result = QuantRule::Result::fixed, .fixed = Quantization::per_tensor(1.0f / 128, 0), .table = true};
}

}  // namespace

const OpDef& tanh() {
  static const OpDef def = [] {
    OpDef op = unary<RealFunction<[](double x) { return std::tanh(x); }>>(
        "tanh", "The hyperbolic tangent.",
        {{"Tanh", [](ImportContext& context) { return import_unary(context, "tanh"); }}});
    op.quantization = rule;
    op.gradient = unary_gradient<SlopeOf<[](double, double y) { return 1 - y * y; }>>;
    return op;
  }();
  return def;
}

}  // namespace tinyc::ops
