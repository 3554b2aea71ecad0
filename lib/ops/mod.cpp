#include "lib/ops/elementwise.h"
#include "lib/ops/import_util.h"

namespace tinyc::ops {
namespace {

struct Mod {
  static constexpr Accepts accepts = Accepts::numbers;
  static Status check(const NodeView& view) {
    if (TINYC_TRY(require_integer(view, "fmod")) == 0 && is_float(view.operand(0).dtype))
      return view.error("TC4010", "mod of real numbers needs fmod = 1");
    return {};
  }
  explicit Mod(const Attributes& attributes) : sign_of_dividend(attributes.integer("fmod") != 0) {}
  // A division by zero, which ONNX leaves undefined, gives 0.
  template <class T>
  T operator()(T x, T y) const {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(x, y);
    } else {
      if (y == 0 || y == static_cast<T>(-1)) return std::is_signed_v<T> || y == 0 ? T{0} : static_cast<T>(x % y);
      const T rest = static_cast<T>(x % y);
      return !sign_of_dividend && rest != 0 && (rest < 0) != (y < 0) ? static_cast<T>(rest + y) : rest;
    }
  }
  bool sign_of_dividend;
};

Result<std::vector<ValueId>> import_mod(ImportContext& context) {
  return import_binary(context, "mod", {{"fmod", TINYC_TRY(integer_attribute(context, "fmod", 0))}});
}

}  // namespace

const OpDef& mod() {
  static const OpDef def = binary<Mod>(
      "mod", "The rest of a / b with NumPy broadcasting: of b's sign, or with fmod = 1 of a's.", {{"Mod", import_mod}});
  return def;
}

}  // namespace tinyc::ops
