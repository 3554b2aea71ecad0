#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& reciprocal() {
  static const OpDef def = unary<RealFunction<[](double x) { return 1 / x; }>>(
      "reciprocal", "1 / x.",
      {{"Reciprocal", [](ImportContext& context) { return import_unary(context, "reciprocal"); }}});
  return def;
}

}  // namespace tinyc::ops
