#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& asin() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::asin(x); }>>(
      "asin", "The arc sine in radians.",
      {{"Asin", [](ImportContext& context) { return import_unary(context, "asin"); }}});
  return def;
}

}  // namespace tinyc::ops
