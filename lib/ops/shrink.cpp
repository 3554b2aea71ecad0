#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Shrink {
  static constexpr Accepts accepts = Accepts::numbers;
  static constexpr std::array reals{"bias", "lambd"};
  explicit Shrink(const Attributes& attributes) : bias(attributes.real("bias")), lambda(attributes.real("lambd")) {}
  template <class T>
  T operator()(T x) const {
    const auto real = static_cast<double>(x);
    return static_cast<T>(real < -lambda ? real + bias : real > lambda ? real - bias : 0);
  }
  double bias, lambda;
};

}  // namespace

const OpDef& shrink() {
  static const OpDef def = unary<Shrink>(
      "shrink", "x moved by bias towards 0 where the magnitude of x exceeds lambd, 0 elsewhere.",
      {{"Shrink", [](ImportContext& context) {
         return import_unary(context, "shrink", {{"bias", 0.0}, {"lambd", 0.5}});
       }}});
  return def;
}

}  // namespace tinyc::ops
