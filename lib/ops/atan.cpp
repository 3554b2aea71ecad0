#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& atan() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::atan(x); }>>(
      "atan", "The arc tangent in radians.",
      {{"Atan", [](ImportContext& context) { return import_unary(context, "atan"); }}});
  return def;
}

}  // namespace tinyc::ops
