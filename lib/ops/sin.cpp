#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& sin() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::sin(x); }>>(
      "sin", "The sine of radians.",
      {{"Sin", [](ImportContext& context) { return import_unary(context, "sin"); }}});
  return def;
}

}  // namespace tinyc::ops
