#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Greater {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Greater(const Attributes&) {}
  template <class T>
  bool operator()(T x, T y) const { return x > y; }
};

}  // namespace

const OpDef& greater() {
  static const OpDef def =
      binary<Greater>("greater", "Whether x > y, with NumPy broadcasting.",
                  {{"Greater", [](ImportContext& context) { return import_binary(context, "greater"); }}});
  return def;
}

}  // namespace tinyc::ops
