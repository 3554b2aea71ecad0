#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Less {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Less(const Attributes&) {}
  template <class T>
  bool operator()(T x, T y) const { return x < y; }
};

}  // namespace

const OpDef& less() {
  static const OpDef def =
      binary<Less>("less", "Whether x < y, with NumPy broadcasting.",
                  {{"Less", [](ImportContext& context) { return import_binary(context, "less"); }}});
  return def;
}

}  // namespace tinyc::ops
