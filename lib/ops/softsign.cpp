#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& softsign() {
  static const OpDef def = unary<RealFunction<[](double x) { return x / (1 + std::abs(x)); }>>(
      "softsign", "x / (1 + abs(x)).",
      {{"Softsign", [](ImportContext& context) { return import_unary(context, "softsign"); }}});
  return def;
}

}  // namespace tinyc::ops
