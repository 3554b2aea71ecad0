#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct LogicalXor {
  static constexpr Accepts accepts = Accepts::booleans;
  explicit LogicalXor(const Attributes&) {}
  bool operator()(bool x, bool y) const { return x != y; }
};

}  // namespace

const OpDef& logical_xor() {
  static const OpDef def =
      binary<LogicalXor>("logical_xor", "Whether either x or y, with NumPy broadcasting.",
                  {{"Xor", [](ImportContext& context) { return import_binary(context, "logical_xor"); }}});
  return def;
}

}  // namespace tinyc::ops
