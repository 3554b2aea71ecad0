#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& acos() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::acos(x); }>>(
      "acos", "The arc cosine in radians.",
      {{"Acos", [](ImportContext& context) { return import_unary(context, "acos"); }}});
  return def;
}

}  // namespace tinyc::ops
