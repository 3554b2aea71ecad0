#include <algorithm>

#include "lib/ops/elementwise.h"

namespace tinyc::ops {

const OpDef& hard_swish() {
  static const OpDef def = unary<RealFunction<[](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }>>(
      "hard_swish", "x · (x/6 + 1/2 bounded by 0 and 1).",
      {{"HardSwish", [](ImportContext& context) { return import_unary(context, "hard_swish"); }}});
  return def;
}

}  // namespace tinyc::ops
