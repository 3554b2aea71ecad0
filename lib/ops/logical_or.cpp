#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct LogicalOr {
  static constexpr Accepts accepts = Accepts::booleans;
  explicit LogicalOr(const Attributes&) {}
  bool operator()(bool x, bool y) const { return x || y; }
};

}  // namespace

const OpDef& logical_or() {
  static const OpDef def =
      binary<LogicalOr>("logical_or", "Whether x or y, with NumPy broadcasting.",
                  {{"Or", [](ImportContext& context) { return import_binary(context, "logical_or"); }}});
  return def;
}

}  // namespace tinyc::ops
