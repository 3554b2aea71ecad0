#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& acosh() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::acosh(x); }>>(
      "acosh", "The inverse hyperbolic cosine.",
      {{"Acosh", [](ImportContext& context) { return import_unary(context, "acosh"); }}});
  return def;
}

}  // namespace tinyc::ops
