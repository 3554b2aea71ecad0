#include "lib/ops/elementwise.h"

namespace tinyc::ops {
namespace {

struct Div {
  static constexpr Accepts accepts = Accepts::numbers;
  explicit Div(const Attributes&) {}
  // Integers truncate; a division by zero, which ONNX leaves undefined, gives 0.
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_floating_point_v<T>) return x / y;
    else if constexpr (std::is_signed_v<T>) return y == 0 ? T{0} : y == -1 ? negated(x) : static_cast<T>(x / y);
    else return y == 0 ? T{0} : static_cast<T>(x / y);
  }
};

}  // namespace

const OpDef& div() {
  static const OpDef def =
      binary<Div>("div", "a / b with NumPy broadcasting.",
                  {{"Div", [](ImportContext& context) { return import_binary(context, "div"); }}});
  return def;
}

}  // namespace tinyc::ops
