#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct GreaterOrEqual {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit GreaterOrEqual(const Attributes&) {}
  template <class T>
  bool operator()(T x, T y) const { return x >= y; }
};

}  // namespace

const OpDef& greater_or_equal() {
  static const OpDef def =
      binary<GreaterOrEqual>("greater_or_equal", "Whether x >= y, with NumPy broadcasting.",
                  {{"GreaterOrEqual", [](ImportContext& context) { return import_binary(context, "greater_or_equal"); }}});
  return def;
}

}  // namespace tinyc::ops
