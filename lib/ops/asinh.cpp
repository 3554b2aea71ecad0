#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& asinh() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::asinh(x); }>>(
      "asinh", "The inverse hyperbolic sine.",
      {{"Asinh", [](ImportContext& context) { return import_unary(context, "asinh"); }}});
  return def;
}

}  // namespace tinyc::ops
