#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Sign {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Sign(const Attributes&) {}
  template <class T>
  T operator()(T x) const { return x > T{0} ? T{1} : x < T{0} ? negated(T{1}) : x; }
};

}  // namespace

const OpDef& sign() {
  static const OpDef def = unary<Sign>(
      "sign", "1, -1 or 0, as x is.",
      {{"Sign", [](ImportContext& context) {
         return import_unary(context, "sign");
       }}});
  return def;
}

}  // namespace tinyc::ops
