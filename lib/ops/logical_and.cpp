#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct LogicalAnd {
  static constexpr Accepts accepts = Accepts::booleans;
  explicit LogicalAnd(const Attributes&) {}
  bool operator()(bool x, bool y) const { return x && y; }
};

}  // namespace

const OpDef& logical_and() {
  static const OpDef def =
      binary<LogicalAnd>("logical_and", "Whether x and y, with NumPy broadcasting.",
                  {{"And", [](ImportContext& context) { return import_binary(context, "logical_and"); }}});
  return def;
}

}  // namespace tinyc::ops
