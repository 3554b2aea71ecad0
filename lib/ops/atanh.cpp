#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& atanh() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::atanh(x); }>>(
      "atanh", "The inverse hyperbolic tangent.",
      {{"Atanh", [](ImportContext& context) { return import_unary(context, "atanh"); }}});
  return def;
}

}  // namespace tinyc::ops
