#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& sinh() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::sinh(x); }>>(
      "sinh", "The hyperbolic sine.",
      {{"Sinh", [](ImportContext& context) { return import_unary(context, "sinh"); }}});
  return def;
}

}  // namespace tinyc::ops
