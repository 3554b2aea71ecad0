#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& tan() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::tan(x); }>>(
      "tan", "The tangent of radians.",
      {{"Tan", [](ImportContext& context) { return import_unary(context, "tan"); }}});
  return def;
}

}  // namespace tinyc::ops
