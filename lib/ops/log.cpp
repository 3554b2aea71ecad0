#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& log() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::log(x); }>>(
      "log", "The natural logarithm.",
      {{"Log", [](ImportContext& context) { return import_unary(context, "log"); }}});
  return def;
}

}  // namespace tinyc::ops
