#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& exp() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::exp(x); }>>(
      "exp", "The exponential function.",
      {{"Exp", [](ImportContext& context) { return import_unary(context, "exp"); }}});
  return def;
}

}  // namespace tinyc::ops
