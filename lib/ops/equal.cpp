#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Equal {
  static constexpr Accepts accepts = Accepts::anything;
  explicit Equal(const Attributes&) {}
  template <class T>
  bool operator()(T x, T y) const { return x == y; }
};

}  // namespace

const OpDef& equal() {
  static const OpDef def =
      binary<Equal>("equal", "Whether x == y, with NumPy broadcasting.",
                  {{"Equal", [](ImportContext& context) { return import_binary(context, "equal"); }}});
  return def;
}

}  // namespace tinyc::ops
