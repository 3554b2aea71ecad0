#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& cos() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::cos(x); }>>(
      "cos", "The cosine of radians.",
      {{"Cos", [](ImportContext& context) { return import_unary(context, "cos"); }}});
  return def;
}

}  // namespace tinyc::ops
