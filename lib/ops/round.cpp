#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& round() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::nearbyint(x); }>>(
      "round", "The nearest integer, halves to the even one.",
      {{"Round", [](ImportContext& context) { return import_unary(context, "round"); }}});
  return def;
}

}  // namespace tinyc::ops
