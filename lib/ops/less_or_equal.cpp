#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct LessOrEqual {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit LessOrEqual(const Attributes&) {}
  template <class T>
  bool operator()(T x, T y) const { return x <= y; }
};

}  // namespace

const OpDef& less_or_equal() {
  static const OpDef def =
      binary<LessOrEqual>("less_or_equal", "Whether x <= y, with NumPy broadcasting.",
                  {{"LessOrEqual", [](ImportContext& context) { return import_binary(context, "less_or_equal"); }}});
  return def;
}

}  // namespace tinyc::ops
