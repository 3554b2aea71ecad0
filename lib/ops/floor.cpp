#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& floor() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::floor(x); }>>(
      "floor", "The largest integer that is not above x.",
      {{"Floor", [](ImportContext& context) { return import_unary(context, "floor"); }}});
  return def;
}

}  // namespace tinyc::ops
