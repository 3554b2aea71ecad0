#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Abs {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Abs(const Attributes&) {}
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_floating_point_v<T>) return std::abs(x);
    else return x < T{0} ? negated(x) : x;
  }
};

}  // namespace

const OpDef& abs() {
  static const OpDef def = unary<Abs>(
      "abs", "The magnitude of x.",
      {{"Abs", [](ImportContext& context) {
         return import_unary(context, "abs");
       }}});
  return def;
}

}  // namespace tinyc::ops
