#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& cosh() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::cosh(x); }>>(
      "cosh", "The hyperbolic cosine.",
      {{"Cosh", [](ImportContext& context) { return import_unary(context, "cosh"); }}});
  return def;
}

}  // namespace tinyc::ops
