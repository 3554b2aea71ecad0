#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& sqrt() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::sqrt(x); }>>(
      "sqrt", "The square root.",
      {{"Sqrt", [](ImportContext& context) { return import_unary(context, "sqrt"); }}});
  return def;
}

}  // namespace tinyc::ops
