#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& erf() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::erf(x); }>>(
      "erf", "The Gauss error function.",
      {{"Erf", [](ImportContext& context) { return import_unary(context, "erf"); }}});
  return def;
}

}  // namespace tinyc::ops
