#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Neg {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Neg(const Attributes&) {}
  template <class T>
  T operator()(T x) const { return negated(x); }
};

}  // namespace

const OpDef& neg() {
  static const OpDef def = unary<Neg>(
      "neg", "-x.",
      {{"Neg", [](ImportContext& context) {
         return import_unary(context, "neg");
       }}});
  return def;
}

}  // namespace tinyc::ops
