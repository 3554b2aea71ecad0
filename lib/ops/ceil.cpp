#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& ceil() {
  static const OpDef def = unary<RealFunction<[](double x) { return std::ceil(x); }>>(
      "ceil", "The smallest integer that is not below x.",
      {{"Ceil", [](ImportContext& context) { return import_unary(context, "ceil"); }}});
  return def;
}

}  // namespace tinyc::ops
